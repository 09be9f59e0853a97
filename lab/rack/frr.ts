// FRR on a ToR: its daemons zebra and bgpd, started one by one with sockets of their own.
import { chownSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Daemon } from "../../test/support/daemon.ts";
import { run } from "../../test/support/netns.ts";
import { nodeAddresses } from "./layout.ts";
import type { NodeName } from "./layout.ts";
import { appears } from "./appears.ts";
import { byNode } from "./by-node.ts";
import { at } from "./json.ts";
import type { Router, RouterOptions, Session } from "./router.ts";
import type { LabState } from "./state.ts";

/** Both daemons run as this user and want to own the folder of their sockets. */
const frrHome = "/etc/frr";
/** Where FRR keeps a crash log for each of its processes. */
const crashLogs = "/var/tmp/frr";

export class Frr implements Router {
  readonly name = "frr";
  readonly shell: readonly string[];
  readonly #state: LabState;
  readonly #options: RouterOptions;
  /** Its sockets are here, and its configuration. */
  readonly #directory: string;
  #daemons: readonly Daemon[] = [];
  #announced: readonly string[] = [];

  constructor(state: LabState, options: RouterOptions) {
    this.#state = state;
    this.#options = options;
    this.#directory = join(state.directory, options.machine);
    this.shell = ["vtysh", "--vty_socket", this.#directory, "-c"];
  }

  async start(): Promise<void> {
    const { uid, gid } = statSync(frrHome);
    rmSync(this.#directory, { recursive: true, force: true });
    mkdirSync(this.#directory);
    chownSync(this.#directory, uid, gid);
    const config = join(this.#directory, "frr.conf");
    writeFileSync(config, this.#options.config);
    this.#announced = [];
    if (!existsSync(crashLogs)) this.#state.addPath(crashLogs);
    const zebra = this.#daemon("zebra", "/dev/null");
    await appears(join(this.#directory, "zserv.api"), zebra);
    const bgpd = this.#daemon("bgpd", config);
    await appears(join(this.#directory, "bgpd.vty"), bgpd);
    this.#daemons = [bgpd, zebra];
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

  #daemon(name: string, config: string): Daemon {
    const sockets = ["--vty_socket", this.#directory, "-z", join(this.#directory, "zserv.api")];
    const pidFile = ["-i", join(this.#directory, `${name}.pid`)];
    // -P 0: no telnet port. FRR's own host-wide configuration and instances are not touched.
    const argv = [`/usr/lib/frr/${name}`, ...sockets, ...pidFile, "-P", "0", "-f", config, "--log", "stdout"];
    const daemon = this.#state.start(`${this.#options.machine}-${name}`, argv, {
      netns: this.#options.netns,
    });
    this.#state.addPath(join(crashLogs, `${name}.${daemon.pid}`));
    return daemon;
  }
}
