// FRR on the ToR: its daemons zebra and bgpd, started one by one with sockets of their own.
import { chownSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Daemon } from "../../test/support/daemon.ts";
import { run } from "../../test/support/netns.ts";
import { asn, nodeAddresses } from "./layout.ts";
import type { NodeName } from "./layout.ts";
import { appears } from "./appears.ts";
import { byNode } from "./by-node.ts";
import { at } from "./json.ts";
import { projectRoot } from "../../test/support/paths.ts";
import type { Router, Session } from "./router.ts";
import type { LabState } from "./state.ts";

/** Both daemons run as this user and want to own the folder of their sockets. */
const frrHome = "/etc/frr";
/** Where FRR keeps a crash log for each of its processes. */
const crashLogs = "/var/tmp/frr";

export class Frr implements Router {
  readonly name = "frr";
  readonly shell: readonly string[];
  readonly #state: LabState;
  readonly #netns: string;
  readonly #sockets: string;
  #daemons: readonly Daemon[] = [];
  #announced: readonly string[] = [];

  constructor(state: LabState, netns: string) {
    this.#state = state;
    this.#netns = netns;
    this.#sockets = join(state.directory, "tor");
    this.shell = ["vtysh", "--vty_socket", this.#sockets, "-c"];
  }

  async start(): Promise<void> {
    const { uid, gid } = statSync(frrHome);
    rmSync(this.#sockets, { recursive: true, force: true });
    mkdirSync(this.#sockets);
    chownSync(this.#sockets, uid, gid);
    if (!existsSync(crashLogs)) this.#state.addPath(crashLogs);
    const zebra = this.#daemon("zebra", "/dev/null");
    await appears(join(this.#sockets, "zserv.api"), zebra);
    const bgpd = this.#daemon("bgpd", join(projectRoot, "lab/tor/frr.conf"));
    await appears(join(this.#sockets, "bgpd.vty"), bgpd);
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
    await this.command(["configure terminal", `router bgp ${asn}`, ...lines, "end"].join("\n"));
    this.#announced = prefixes;
  }

  async clear(): Promise<void> {
    await this.command("clear bgp *");
  }

  #daemon(name: string, config: string): Daemon {
    const sockets = ["--vty_socket", this.#sockets, "-z", join(this.#sockets, "zserv.api")];
    const pidFile = ["-i", join(this.#sockets, `${name}.pid`)];
    // -P 0: no telnet port. FRR's own host-wide configuration and instances are not touched.
    const argv = [`/usr/lib/frr/${name}`, ...sockets, ...pidFile, "-P", "0", "-f", config, "--log", "stdout"];
    const daemon = this.#state.start(`tor-${name}`, argv, { netns: this.#netns });
    this.#state.addPath(join(crashLogs, `${name}.${daemon.pid}`));
    return daemon;
  }
}
