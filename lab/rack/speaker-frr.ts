// FRR on a node, as docs/guides/engines starts it: it begins with the file that the agent keeps for that.
import { join } from "node:path";
import type { Daemon } from "../../test/support/daemon.ts";
import { run } from "../../test/support/netns.ts";
import { FrrDaemons } from "./frr-daemons.ts";
import { SpeakerProcess } from "./speaker-process.ts";
import type { Speaker, SpeakerOptions } from "./speaker.ts";
import type { LabState } from "./state.ts";

/** `bgpd`: alone, as in the chart's sidecar. `zebra`: beside zebra, as Debian starts it. `bfdd`: also beside bfdd. */
export type FrrForm = "bgpd" | "zebra" | "bfdd";

export class FrrSpeaker extends SpeakerProcess implements Speaker {
  readonly engine = "frr";
  readonly program = "bgpd";
  readonly socket: string;
  readonly agentSettings: readonly string[];
  readonly logs: readonly string[];
  readonly listRoutes: readonly string[];
  readonly #node: string;
  readonly #form: FrrForm;
  readonly #daemons: FrrDaemons;
  readonly #config: string;
  readonly #shell: readonly string[];
  #zebra: Daemon | null = null;

  constructor(state: LabState, options: SpeakerOptions, form: FrrForm) {
    super();
    const { node, netns } = options;
    const directory = join(options.directory, "frr");
    this.#node = node;
    this.#form = form;
    this.#daemons = new FrrDaemons(state, { machine: node, netns, directory });
    this.socket = join(directory, "bgpd.vty");
    this.#config = join(directory, "frr.conf");
    this.#shell = ["vtysh", "--vty_socket", directory];
    this.agentSettings = ["--engine", "frr", "--frr-sockets", directory, "--frr-config", this.#config];
    this.logs = ["zebra", "bgpd", "bfdd"].map((name) => state.logOf(`${node}-${name}`));
    this.listRoutes = [...this.#shell, "-c", "show bgp ipv4 unicast"];
  }

  /** What runs beside bgpd is started once and outlasts it. */
  protected override async launch(): Promise<Daemon> {
    this.#daemons.makeDirectory();
    if (this.#form !== "bgpd" && this.#zebra === null) {
      this.#zebra = await this.#daemons.zebra();
      if (this.#form === "bfdd") await this.#daemons.bfdd();
    }
    return this.#daemons.bgpd(this.#config, this.#zebra);
  }

  async removeRoute(prefix: string): Promise<void> {
    const family = prefix.includes(":") ? "ipv6" : "ipv4";
    const instance = /^router bgp .*$/m.exec(await this.#runningConfig())?.[0];
    if (instance === undefined) throw new Error(`${this.#node}: bgpd runs no BGP`);
    const lines = [
      "configure terminal",
      instance,
      `address-family ${family} unicast`,
      `no network ${prefix}`,
    ];
    await run(...this.#shell, ...lines.flatMap((line) => ["-c", line]));
  }

  async passwordFor(neighbour: string): Promise<string | null> {
    const lines = (await this.#runningConfig()).split("\n").map((line) => line.trim());
    const start = `neighbor ${neighbour} password `;
    return lines.find((line) => line.startsWith(start))?.slice(start.length) ?? null;
  }

  #runningConfig(): Promise<string> {
    return run(...this.#shell, "-c", "show running-config");
  }
}
