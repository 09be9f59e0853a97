// BIRD on a node, as docs/guides/engines starts it: all but the least of its configuration is the agent's.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Daemon } from "../../test/support/daemon.ts";
import { run } from "../../test/support/netns.ts";
import { appears } from "./appears.ts";
import { SpeakerProcess } from "./speaker-process.ts";
import type { Speaker, SpeakerOptions } from "./speaker.ts";
import type { LabState } from "./state.ts";

export class BirdSpeaker extends SpeakerProcess implements Speaker {
  readonly engine = "bird";
  readonly program = "bird";
  readonly socket: string;
  readonly agentSettings: readonly string[];
  readonly logs: readonly string[];
  readonly listRoutes: readonly string[];
  readonly #state: LabState;
  readonly #options: SpeakerOptions;
  /** The agent's files. */
  readonly #includes: string;
  readonly #shell: readonly string[];

  constructor(state: LabState, options: SpeakerOptions) {
    super();
    this.#state = state;
    this.#options = options;
    this.socket = join(options.directory, "bird.ctl");
    this.#includes = join(options.directory, "bird.d");
    this.#shell = ["birdc", "-s", this.socket];
    this.agentSettings = ["--engine", "bird", "--bird-socket", this.socket, "--bird-dir", this.#includes];
    this.logs = [state.logOf(`${options.node}-bird`)];
    this.listRoutes = [...this.#shell, "show", "route", "table", "all"];
  }

  /** -R: after a crash the neighbours keep the routes until they are here again (RFC 4724). */
  protected override async launch(): Promise<Daemon> {
    const { node, netns, directory } = this.#options;
    mkdirSync(this.#includes, { recursive: true });
    const config = join(directory, "bird.conf");
    // The pattern may match no file, and does so until the agent has begun.
    writeFileSync(config, `log stderr all;\nprotocol device {}\ninclude "${this.#includes}/*.conf";\n`);
    const pidFile = join(directory, "bird.pid");
    const argv = ["bird", "-R", "-f", "-c", config, "-s", this.socket, "-P", pidFile];
    const daemon = this.#state.start(`${node}-bird`, argv, { netns });
    await appears(this.socket, daemon);
    return daemon;
  }

  async removeRoute(prefix: string): Promise<void> {
    let found = false;
    for (const file of this.#files()) {
      const lines = readFileSync(file, "utf8").split("\n");
      const left = lines.filter((line) => !line.trim().startsWith(`route ${prefix} `));
      if (left.length === lines.length) continue;
      found = true;
      writeFileSync(file, left.join("\n"));
    }
    if (!found) throw new Error(`${this.#options.node}: no route ${prefix} in ${this.#includes}`);
    await run(...this.#shell, "configure");
  }

  passwordFor(neighbour: string): Promise<string | null> {
    const protocols = this.#files().flatMap((file) => readFileSync(file, "utf8").split(/^(?=protocol )/m));
    const protocol = protocols.find((text) => text.includes(`neighbor ${neighbour} `)) ?? "";
    return Promise.resolve(/^\s*password "(.*)";/m.exec(protocol)?.[1] ?? null);
  }

  #files(): readonly string[] {
    return readdirSync(this.#includes)
      .filter((name) => name.endsWith(".conf"))
      .map((name) => join(this.#includes, name));
  }
}
