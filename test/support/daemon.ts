// A long-running program of ours: started, watched, and ended by its own pid, never by name.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { until } from "./until.ts";

export interface DaemonOptions {
  /** Network namespace to run in; default the one we are in. */
  readonly netns?: string;
  /** File that gets stdout and stderr, appended. */
  readonly log: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Goes on when we end (its own session, no pipe to us). Default false. */
  readonly detached?: boolean;
}

/** What starts a program: `startDaemon`, or one that also keeps a list. */
export type StartDaemon = (name: string, argv: readonly string[], options: DaemonOptions) => Daemon;

export class Daemon {
  readonly name: string;
  readonly log: string;
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
  readonly #child: ChildProcess;
  #running = true;

  constructor(name: string, child: ChildProcess, log: string) {
    this.name = name;
    this.log = log;
    this.#child = child;
    this.exited = new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
    });
    void this.exited.then(() => (this.#running = false));
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.name} did not start; see ${this.log}`);
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#running;
  }

  /** The last words in its log, for the message about its early end. */
  lastWords(lines = 3): string {
    const tail = readFileSync(this.log, "utf8").trimEnd().split("\n").slice(-lines);
    return `${this.name} has ended: ${tail.join(" | ") || "without a word"}`;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#running) this.#child.kill(signal);
  }

  /** Resolves when it does nothing any more, until it is thawed. */
  async freeze(): Promise<void> {
    this.signal("SIGSTOP");
    const isStopped = () => /^State:\s+T/m.test(readFileSync(`/proc/${this.pid}/status`, "utf8"));
    await until(`${this.name} is stopped`, isStopped);
  }

  thaw(): void {
    this.signal("SIGCONT");
  }

  /** Sends the signal and waits for the end. */
  async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<number | string> {
    this.signal(signal);
    this.#child.ref(); // A detached one does not keep our event loop alive by itself.
    return this.exited;
  }
}

/** Starts a program; `netns` enters a namespace by exec, so that the pid is the program's own. */
export function startDaemon(name: string, argv: readonly string[], options: DaemonOptions): Daemon {
  const command = options.netns === undefined ? argv : ["ip", "netns", "exec", options.netns, ...argv];
  const [file = "", ...args] = command;
  const out = openSync(options.log, "a");
  const child = spawn(file, args, {
    stdio: ["ignore", out, out],
    detached: options.detached ?? false,
    env: { ...process.env, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  closeSync(out);
  if (options.detached === true) child.unref();
  return new Daemon(name, child, options.log);
}
