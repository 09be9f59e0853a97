// gobgpd on a node.
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Daemon } from "../../test/support/daemon.ts";
import { runIn } from "../../test/support/netns.ts";
import { appears } from "./appears.ts";
import { at, items } from "./json.ts";
import { SpeakerProcess } from "./speaker-process.ts";
import type { Speaker, SpeakerOptions } from "./speaker.ts";
import type { LabState } from "./state.ts";

export class Gobgp extends SpeakerProcess implements Speaker {
  readonly engine = "gobgp";
  readonly program = "gobgpd";
  readonly socket: string;
  readonly agentSettings: readonly string[];
  readonly logs: readonly string[];
  readonly listRoutes: readonly string[];
  readonly #state: LabState;
  readonly #options: SpeakerOptions;
  /** gobgpd and gobgp. */
  readonly #programs: readonly [string, string];
  /** As gRPC wants it. */
  readonly #address: string;

  /** @param folder of another gobgpd and its gobgp; null: those of the system. */
  constructor(state: LabState, options: SpeakerOptions, folder: string | null) {
    super();
    this.#state = state;
    this.#options = options;
    const [daemon, client] = ["gobgpd", "gobgp"].map((name) => (folder === null ? name : join(folder, name)));
    this.#programs = [daemon ?? "", client ?? ""];
    this.socket = join(options.directory, "gobgp.sock");
    this.#address = `unix://${this.socket}`;
    this.agentSettings = ["--gobgp-address", this.#address];
    this.logs = [state.logOf(`${options.node}-gobgpd`)];
    this.listRoutes = [...this.#client(), "global", "rib"];
  }

  /** One that was killed leaves a stale socket, which gobgpd cannot bind over. */
  protected override async launch(): Promise<Daemon> {
    const { node, netns } = this.#options;
    rmSync(this.socket, { force: true });
    const argv = [this.#programs[0], `--api-hosts=${this.#address}`, "--pprof-disable"];
    const daemon = this.#state.start(`${node}-gobgpd`, argv, { netns });
    await appears(this.socket, daemon);
    return daemon;
  }

  async removeRoute(prefix: string): Promise<void> {
    const family = prefix.includes(":") ? ["-a", "ipv6"] : [];
    await this.#ask("global", "rib", "del", prefix, ...family);
  }

  async passwordFor(neighbour: string): Promise<string | null> {
    const neighbours: unknown = JSON.parse(await this.#ask("neighbor", "-j"));
    const found = items(neighbours).find((each) => at(each, "conf", "neighbor_address") === neighbour);
    const password = at(found, "conf", "auth_password");
    return typeof password === "string" ? password : null;
  }

  #client(): readonly string[] {
    return [this.#programs[1], "--target", this.#address];
  }

  #ask(...words: readonly string[]): Promise<string> {
    return runIn(this.#options.netns, ...this.#client(), ...words);
  }
}
