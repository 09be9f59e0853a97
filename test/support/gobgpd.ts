// gobgpd as a node has it: told nothing but where its API is.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startDaemon } from "./daemon.ts";
import type { Daemon, StartDaemon } from "./daemon.ts";
import { listens } from "./listens.ts";
import { run, runIn } from "./netns.ts";
import { until } from "./until.ts";

export interface GobgpdOptions {
  readonly netns: string;
  /** Holds its socket and its log; made when it is missing. */
  readonly directory: string;
  /** Default `gobgpd`. */
  readonly name?: string;
  readonly start?: StartDaemon;
  /** Of gobgpd and gobgp. Default: those that the system has. */
  readonly folder?: string;
}

/** Loopback port of the API inside the namespace, for the gobgp command: it knows no sockets. */
const commandPort = 50051;

export class Gobgpd {
  readonly socket: string;
  /** As `bellman agent --gobgp-address` takes it. */
  readonly address: string;
  readonly #options: GobgpdOptions;
  #daemon: Daemon | null = null;

  constructor(options: GobgpdOptions) {
    this.#options = options;
    this.socket = join(options.directory, "gobgp.sock");
    this.address = `unix://${this.socket}`;
  }

  get pid(): number {
    if (this.#daemon === null) throw new Error("gobgpd was never started");
    return this.#daemon.pid;
  }

  /** Such as `3.10.0`. */
  async version(): Promise<string> {
    const said = await run(this.#program("gobgpd"), "--version");
    return /\d+\.\d+\.\d+/.exec(said)?.[0] ?? said.trim();
  }

  /** Starts it and waits for its socket. What a killed one left there is removed first: gobgpd cannot bind over it. */
  async start(): Promise<void> {
    const { netns, directory, name = "gobgpd", start = startDaemon } = this.#options;
    mkdirSync(directory, { recursive: true });
    this.wipe();
    const hosts = `${this.address},127.0.0.1:${commandPort}`;
    const log = join(directory, "gobgpd.log");
    const daemon = start(name, [this.#program("gobgpd"), `--api-hosts=${hosts}`, "--pprof-disable", "-p"], {
      netns,
      log,
    });
    this.#daemon = daemon;
    await until(
      `gobgpd listens on ${this.socket} (see ${log})`,
      async () => !daemon.running || (await listens(this.socket)),
    );
    if (!daemon.running) throw new Error(`gobgpd ended at its start; see ${log}`);
  }

  /** Ends it without a word; its socket file stays behind. */
  async kill(): Promise<void> {
    await this.#daemon?.stop("SIGKILL");
  }

  /** Takes away the socket that a killed one left. */
  wipe(): void {
    rmSync(this.socket, { force: true });
  }

  /** Asks it to end, as a shutdown does, and waits until it has. */
  async terminate(): Promise<void> {
    await this.#daemon?.stop("SIGTERM");
  }

  async freeze(): Promise<void> {
    await this.#daemon?.freeze();
  }

  thaw(): void {
    this.#daemon?.thaw();
  }

  /** What a person does at the node: `gobgp ARGS…`. */
  command(...args: readonly string[]): Promise<string> {
    return runIn(this.#options.netns, this.#program("gobgp"), "-p", String(commandPort), ...args);
  }

  #program(name: string): string {
    const { folder } = this.#options;
    return folder === undefined ? name : join(folder, name);
  }
}
