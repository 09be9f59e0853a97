// FRR's daemons, started one by one with sockets of their own: what FRR has on this host is not touched.
import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Daemon } from "../../test/support/daemon.ts";
import { appears } from "./appears.ts";
import type { LabState } from "./state.ts";

/** All daemons run as this folder's owner and want to own the one of their sockets. */
const frrHome = "/etc/frr";
/** Where FRR keeps a crash log for each of its processes. */
const crashLogs = "/var/tmp/frr";

export interface FrrOptions {
  /** Name of the machine, for logs. */
  readonly machine: string;
  readonly netns: string;
  /** For sockets and files of its daemons. */
  readonly directory: string;
}

export class FrrDaemons {
  readonly #state: LabState;
  readonly #options: FrrOptions;

  constructor(state: LabState, options: FrrOptions) {
    this.#state = state;
    this.#options = options;
  }

  /** Makes the folder; what root writes there FRR may read. */
  makeDirectory(): void {
    const { uid, gid } = statSync(frrHome);
    const { directory } = this.#options;
    mkdirSync(directory, { recursive: true });
    chownSync(directory, uid, gid);
    chmodSync(directory, 0o2775);
    if (!existsSync(crashLogs)) this.#state.addPath(crashLogs);
  }

  zebra(): Promise<Daemon> {
    return this.#start("zebra", "zserv.api", ["-z", this.#zebraSocket, "-f", "/dev/null"]);
  }

  /** @param zebra null: without one. */
  bgpd(config: string, zebra: Daemon | null): Promise<Daemon> {
    const beside = zebra === null ? ["-Z"] : ["-z", this.#zebraSocket];
    return this.#start("bgpd", "bgpd.vty", [...beside, "-f", config]);
  }

  bfdd(): Promise<Daemon> {
    const control = ["--bfdctl", join(this.#options.directory, "bfdd.sock")];
    return this.#start("bfdd", "bfdd.vty", ["-z", this.#zebraSocket, ...control, "-f", "/dev/null"]);
  }

  get #zebraSocket(): string {
    return join(this.#options.directory, "zserv.api");
  }

  /** @param opens its socket: there, it is ready. */
  async #start(name: string, opens: string, more: readonly string[]): Promise<Daemon> {
    const { machine, netns, directory } = this.#options;
    const own = ["--vty_socket", directory, "-i", join(directory, `${name}.pid`)];
    // -P 0: no telnet port.
    const argv = [`/usr/lib/frr/${name}`, ...own, "-P", "0", ...more, "--log", "stdout"];
    const daemon = this.#state.start(`${machine}-${name}`, argv, { netns });
    this.#state.addPath(join(crashLogs, `${name}.${daemon.pid}`));
    await appears(join(directory, opens), daemon);
    return daemon;
  }
}
