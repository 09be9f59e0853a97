// FRR as a node has it: bgpd with its file, beside zebra and bfdd, each with its sockets in a folder of its own.
import { chownSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDaemon } from "./daemon.ts";
import type { Daemon } from "./daemon.ts";
import { listens } from "./listens.ts";
import { run } from "./netns.ts";
import { until } from "./until.ts";

export interface FrrOptions {
  readonly netns: string;
  /** Holds sockets, the file and logs; made when it is missing. */
  readonly directory: string;
  /** More for the command line of bgpd, such as `-p 1179`. */
  readonly options?: readonly string[];
  /** Of the daemons and vtysh. Default: those that the system has. */
  readonly folder?: string;
}

/** The daemons run as this folder's owner and want to own the one of their sockets. */
const frrHome = "/etc/frr";

export class Frr {
  /** As `bellman agent --frr-sockets` takes it. */
  readonly sockets: string;
  #files = 0;
  readonly #options: FrrOptions;
  #zebra: Daemon | null = null;
  #bfdd: Daemon | null = null;
  #bgpd: Daemon | null = null;

  constructor(options: FrrOptions) {
    this.#options = options;
    this.sockets = join(options.directory, "sockets");
    mkdirSync(this.sockets, { recursive: true });
    this.#hand(this.sockets);
    this.wipe();
  }

  /** As `bellman agent --frr-config` takes it. */
  get config(): string {
    return join(this.sockets, `frr-${this.#files}.conf`);
  }

  get bgpd(): Daemon {
    if (this.#bgpd === null) throw new Error("bgpd was never started");
    return this.#bgpd;
  }

  /** zebra and bfdd, which outlast bgpd. */
  async startCompanions(): Promise<void> {
    this.#zebra = await this.#start("zebra", ["-f", "/dev/null"]);
    await this.startBfdd();
  }

  async startBfdd(): Promise<void> {
    // FRR 10 has no such socket any more.
    const known = (await run(this.#program("bfdd"), "--help")).includes("--bfdctl");
    const control = known ? ["--bfdctl", join(this.sockets, "bfdd.sock")] : [];
    this.#bfdd = await this.#start("bfdd", ["-f", "/dev/null", ...control]);
  }

  async stopBfdd(): Promise<void> {
    await this.#bfdd?.stop();
  }

  /** Starts bgpd with its file, and waits for its socket. */
  async start(): Promise<void> {
    this.#bgpd = await this.#start("bgpd", ["-f", this.config, ...(this.#options.options ?? [])]);
  }

  /** As Debian does: it answers, and is to be handed its file. */
  async startWithoutFile(): Promise<void> {
    this.#bgpd = await this.#start("bgpd", ["-f", "/dev/null", ...(this.#options.options ?? [])]);
  }

  /** What comes after that: `vtysh -b`. */
  async handOver(): Promise<void> {
    const folder = join(this.#options.directory, "etc");
    const file = join(folder, "frr.conf");
    mkdirSync(folder, { recursive: true });
    rmSync(file, { force: true });
    symlinkSync(this.config, file);
    await run(this.#program("vtysh"), "--vty_socket", this.sockets, "--config_dir", folder, "-b");
  }

  async kill(): Promise<void> {
    await this.#bgpd?.stop("SIGKILL");
  }

  /** Asks it to end, as a shutdown does, and waits until it has. */
  async terminate(): Promise<void> {
    await this.#bgpd?.stop("SIGTERM");
  }

  async freeze(): Promise<void> {
    await this.#bgpd?.freeze();
  }

  thaw(): void {
    this.#bgpd?.thaw();
  }

  /** While bgpd is down: takes away its socket, and gives it another file, which is empty. */
  wipe(): void {
    this.#files++;
    rmSync(join(this.sockets, "bgpd.vty"), { force: true });
    this.write("");
  }

  /** The file that bgpd begins with, as FRR's package has it. */
  write(config: string): void {
    writeFileSync(this.config, config, { mode: 0o640 });
    this.#hand(this.config);
  }

  async stop(): Promise<void> {
    await this.kill();
    await this.stopBfdd();
    await this.#zebra?.stop();
  }

  /** What a person does at the node: `vtysh -d bgpd -c …`. */
  command(...lines: readonly string[]): Promise<string> {
    return run(
      this.#program("vtysh"),
      "--vty_socket",
      this.sockets,
      "-d",
      "bgpd",
      ...lines.flatMap((line) => ["-c", line]),
    );
  }

  configure(...lines: readonly string[]): Promise<string> {
    return this.command("configure terminal", ...lines);
  }

  #hand(path: string): void {
    const { uid, gid } = statSync(frrHome);
    chownSync(path, uid, gid);
  }

  #program(name: string): string {
    const { folder } = this.#options;
    if (folder !== undefined) return join(folder, name);
    return name === "vtysh" ? name : join("/usr/lib/frr", name);
  }

  async #start(name: string, more: readonly string[]): Promise<Daemon> {
    const { netns, directory } = this.#options;
    const log = join(directory, `${name}.log`);
    const socket = join(this.sockets, `${name}.vty`);
    const own = ["--vty_socket", this.sockets, "-z", join(this.sockets, "zserv.api")];
    const pid = ["-i", join(this.sockets, `${name}.pid`)];
    // -P 0: no telnet port.
    const argv = [this.#program(name), ...own, ...pid, "-P", "0", "--log", "stdout", ...more];
    const daemon = startDaemon(name, argv, { netns, log });
    await until(
      `${name} listens on ${socket} (see ${log})`,
      async () => !daemon.running || (await listens(socket)),
    );
    if (!daemon.running) throw new Error(daemon.lastWords());
    return daemon;
  }
}
