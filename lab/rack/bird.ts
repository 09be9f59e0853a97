// BIRD on the ToR.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Daemon } from "../../test/support/daemon.ts";
import { run } from "../../test/support/netns.ts";
import { byNode } from "./by-node.ts";
import type { NodeName } from "./layout.ts";
import { projectRoot } from "../../test/support/paths.ts";
import type { Router, Session } from "./router.ts";
import { appears } from "./appears.ts";
import type { LabState } from "./state.ts";

export class Bird implements Router {
  readonly name = "bird";
  readonly shell: readonly string[];
  readonly #state: LabState;
  readonly #netns: string;
  readonly #directory: string;
  #daemon: Daemon | null = null;
  /** Where this start begins in the log. */
  #logOffset = 0;

  constructor(state: LabState, netns: string) {
    this.#state = state;
    this.#netns = netns;
    this.#directory = join(state.directory, "tor");
    this.shell = ["birdc", "-s", join(this.#directory, "bird.ctl")];
  }

  async start(): Promise<void> {
    rmSync(this.#directory, { recursive: true, force: true });
    mkdirSync(this.#directory);
    const config = join(this.#directory, "bird.conf");
    const socket = join(this.#directory, "bird.ctl");
    copyFileSync(join(projectRoot, "lab/tor/bird.conf"), config);
    const argv = ["bird", "-f", "-c", config, "-s", socket, "-P", join(this.#directory, "bird.pid")];
    const daemon = this.#state.start("tor-bird", argv, { netns: this.#netns });
    this.#logOffset = this.#daemon === null ? 0 : readFileSync(daemon.log).length;
    await appears(socket, daemon);
    this.#daemon = daemon;
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop();
  }

  async sessions(): Promise<Readonly<Record<NodeName, Session>>> {
    const protocols = await this.command("show protocols");
    const log = this.#log();
    return byNode((node) => {
      const established = new RegExp(`^${node} .* Established\\s*$`, "m").test(protocols);
      // BIRD keeps no counters; its log has every change.
      const ups = log.filter((line) => line.endsWith(`${node}: State changed to up`)).length;
      return { established, ups, downs: established ? ups - 1 : ups };
    });
  }

  command(line: string): Promise<string> {
    return run(...this.shell, ...line.split(" "));
  }

  async announce(prefixes: readonly string[]): Promise<void> {
    const routes = (family: readonly string[]) =>
      family.map((prefix) => `route ${prefix} blackhole;\n`).join("");
    const file = (version: 4 | 6) => join(this.#directory, `announced${version}.conf`);
    writeFileSync(file(4), routes(prefixes.filter((prefix) => !prefix.includes(":"))));
    writeFileSync(file(6), routes(prefixes.filter((prefix) => prefix.includes(":"))));
    await this.command("configure");
  }

  async clear(): Promise<void> {
    await this.command("restart all");
  }

  #log(): readonly string[] {
    if (this.#daemon === null) return [];
    return readFileSync(this.#daemon.log).subarray(this.#logOffset).toString().split("\n");
  }
}
