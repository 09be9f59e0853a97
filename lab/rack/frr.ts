// FRR on a ToR: its daemons zebra and bgpd, and bfdd where the configuration asks for BFD.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Daemon } from "../../test/support/daemon.ts";
import { run } from "../../test/support/netns.ts";
import { nodeAddresses } from "./layout.ts";
import type { NodeName } from "./layout.ts";
import { byNode } from "./by-node.ts";
import { FrrDaemons } from "./frr-daemons.ts";
import { at } from "./json.ts";
import type { Router, RouterOptions, Session } from "./router.ts";
import type { LabState } from "./state.ts";

export class Frr implements Router {
  readonly name = "frr";
  readonly shell: readonly string[];
  readonly #own: FrrDaemons;
  readonly #options: RouterOptions;
  /** Its sockets are here, and its configuration. */
  readonly #directory: string;
  #daemons: readonly Daemon[] = [];
  #announced: readonly string[] = [];

  constructor(state: LabState, options: RouterOptions) {
    this.#options = options;
    this.#directory = join(state.directory, options.machine);
    this.#own = new FrrDaemons(state, { ...options, directory: this.#directory });
    this.shell = ["vtysh", "--vty_socket", this.#directory, "-c"];
  }

  async start(): Promise<void> {
    rmSync(this.#directory, { recursive: true, force: true });
    this.#own.makeDirectory();
    const config = join(this.#directory, "frr.conf");
    writeFileSync(config, this.#options.config);
    this.#announced = [];
    const zebra = await this.#own.zebra();
    const bgpd = await this.#own.bgpd(config, zebra);
    const speaksBfd = /^ *neighbor \S+ bfd\b/m.test(this.#options.config);
    this.#daemons = [...(speaksBfd ? [await this.#own.bfdd()] : []), bgpd, zebra];
  }

  async stop(): Promise<void> {
    for (const daemon of this.#daemons) await daemon.stop();
    this.#daemons = [];
  }

  async sessions(): Promise<Readonly<Record<NodeName, Session>>> {
    const neighbors: unknown = JSON.parse(await this.command("show bgp neighbors json"));
    return byNode((node) => {
      const neighbor = at(neighbors, nodeAddresses[node].ipv4);
      return {
        established: at(neighbor, "bgpState") === "Established",
        ups: Number(at(neighbor, "connectionsEstablished")),
        downs: Number(at(neighbor, "connectionsDropped")),
      };
    });
  }

  command(line: string): Promise<string> {
    return run(...this.shell, line);
  }

  async announce(prefixes: readonly string[]): Promise<void> {
    const network = (prefix: string, no = "") => {
      const family = prefix.includes(":") ? "ipv6" : "ipv4";
      return `address-family ${family} unicast\n${no}network ${prefix}\nexit-address-family`;
    };
    const gone = this.#announced.filter((prefix) => !prefixes.includes(prefix));
    const come = prefixes.filter((prefix) => !this.#announced.includes(prefix));
    const lines = [...gone.map((prefix) => network(prefix, "no ")), ...come.map((prefix) => network(prefix))];
    // It has no route for them, and should announce them nevertheless.
    await this.configure(
      [`router bgp ${this.#options.asn}`, "no bgp network import-check", ...lines].join("\n"),
    );
    this.#announced = prefixes;
  }

  async configure(lines: string): Promise<void> {
    await this.command(`configure terminal\n${lines}\nend`);
  }

  async clear(): Promise<void> {
    await this.command("clear bgp *");
  }
}
