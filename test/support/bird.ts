// BIRD as a node has it: a bird.conf that only includes what the agent writes.
import { execa } from "execa";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDaemon } from "./daemon.ts";
import type { Daemon, StartDaemon } from "./daemon.ts";
import { listens } from "./listens.ts";
import { runIn } from "./netns.ts";
import { until } from "./until.ts";

export interface BirdOptions {
  readonly netns: string;
  /** Holds its configuration, its socket and its log; made when it is missing. */
  readonly directory: string;
  /** Default `bird`. */
  readonly name?: string;
  readonly start?: StartDaemon;
  /** Of bird and birdc. Default: those that the system has. */
  readonly folder?: string;
  /** More of bird.conf, in BIRD's words. */
  readonly more?: string;
}

export class Bird {
  readonly socket: string;
  /** What the agent writes to. */
  readonly includes: string;
  /** bird.conf. */
  readonly config: string;
  readonly #options: BirdOptions;
  #daemon: Daemon | null = null;

  constructor(options: BirdOptions) {
    const { directory } = options;
    this.#options = options;
    this.socket = join(directory, "bird.ctl");
    this.includes = join(directory, "bellman.d");
    this.config = join(directory, "bird.conf");
  }

  get pid(): number {
    if (this.#daemon === null) throw new Error("BIRD was never started");
    return this.#daemon.pid;
  }

  /** Such as `2.0.12`. */
  async version(): Promise<string> {
    // It says so on stderr.
    const { stderr: said } = await execa(this.#program("bird"), ["--version"]);
    return /\d+\.\d+(\.\d+)?/.exec(said)?.[0] ?? said.trim();
  }

  /**
   * Starts it and waits for its socket, with whatever the agent has left.
   *
   * @param args more of its own, such as `-R`
   */
  async start(...args: readonly string[]): Promise<void> {
    const { netns, directory, name = "bird", start = startDaemon, more = "" } = this.#options;
    mkdirSync(this.includes, { recursive: true });
    rmSync(this.socket, { force: true });
    const log = join(directory, "bird.log");
    writeFileSync(this.config, `protocol device {}\ninclude "${this.includes}/*.conf";\n${more}\n`);
    const argv = ["-f", "-c", this.config, "-s", this.socket, "-P", join(directory, "bird.pid"), ...args];
    const daemon = start(name, [this.#program("bird"), ...argv], { netns, log });
    this.#daemon = daemon;
    await until(
      `BIRD listens on ${this.socket} (see ${log})`,
      async () => !daemon.running || (await listens(this.socket)),
    );
    if (!daemon.running) throw new Error(`BIRD ended at its start; see ${log}`);
  }

  /** Ends it without a word; its socket file stays behind. */
  async kill(): Promise<void> {
    await this.#daemon?.stop("SIGKILL");
  }

  /** Resolves when it has ended. */
  async terminate(): Promise<void> {
    await this.#daemon?.stop("SIGTERM");
  }

  /** Resolves when it has stopped. */
  async freeze(): Promise<void> {
    await this.#daemon?.freeze();
  }

  thaw(): void {
    this.#daemon?.thaw();
  }

  /** While it is down: everything of the agent's is gone. */
  wipe(): void {
    for (const path of [this.includes, this.socket]) rmSync(path, { recursive: true, force: true });
  }

  /** Rejects with its words when it would not start with what there is. */
  parse(): Promise<string> {
    return runIn(this.#options.netns, this.#program("bird"), "-p", "-c", this.config);
  }

  /** What a person does at the node: `birdc ARGS…`. */
  command(...args: readonly string[]): Promise<string> {
    return runIn(this.#options.netns, this.#program("birdc"), "-s", this.socket, ...args);
  }

  #program(name: string): string {
    const { folder } = this.#options;
    return folder === undefined ? name : join(folder, name);
  }
}
