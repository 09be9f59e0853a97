// What a lab has made, on disk from the moment it is made: whoever comes later can remove exactly that.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../test/support/until.ts";
import { startDaemon } from "../../test/support/daemon.ts";
import type { Daemon, DaemonOptions } from "../../test/support/daemon.ts";
import { deleteNetns } from "../../test/support/netns.ts";

/** All that a lab writes is below this folder. */
export function runDirectory(prefix: string): string {
  return `/run/${prefix}-lab`;
}

/** A process, told apart from a later one with the same number by when it started. */
interface ProcessId {
  readonly name: string;
  readonly pid: number;
  /** In clock ticks since boot. */
  readonly startTicks: number;
}

interface Made {
  readonly owner: ProcessId;
  /** Left up on purpose. */
  readonly kept: boolean;
  readonly namespaces: readonly string[];
  readonly processes: readonly ProcessId[];
  /** Files and folders outside the run directory. */
  readonly paths: readonly string[];
}

export class LabIsUpError extends Error {
  override readonly name = "LabIsUpError";
}

/** The record of one lab. Every change is on disk when the method returns. */
export class LabState {
  readonly prefix: string;
  readonly directory: string;
  #made: Made;

  private constructor(prefix: string, made: Made) {
    this.prefix = prefix;
    this.directory = runDirectory(prefix);
    this.#made = made;
  }

  /**
   * Takes the prefix for us. What labs left behind whose process is gone is removed first.
   *
   * @throws {LabIsUpError} when a lab of that prefix runs, or was left up on purpose.
   */
  static async claim(prefix: string): Promise<LabState> {
    if (!/^[a-z][a-z0-9]{0,19}$/.test(prefix)) throw new Error(`"${prefix}" is no prefix for namespaces`);
    await removeAbandoned();
    const before = read(prefix);
    if (before?.kept === true)
      throw new LabIsUpError("a lab was left up (--keep): `npm run lab -- down` removes it first");
    if (before !== null)
      throw new LabIsUpError(`a lab is running already (process ${before.owner.pid}): end that one first`);
    const directory = runDirectory(prefix);
    if (existsSync(directory)) throw new LabIsUpError(`${directory} is in the way, and is not a lab's`);
    mkdirSync(join(directory, "logs"), { recursive: true });
    const owner = { name: "lab", pid: process.pid, startTicks: startTicks(process.pid) ?? 0 };
    const state = new LabState(prefix, { owner, kept: false, namespaces: [], processes: [], paths: [] });
    state.#write({});
    return state;
  }

  addNamespace(name: string): void {
    this.#write({ namespaces: [...this.#made.namespaces, name] });
  }

  addPath(path: string): void {
    this.#write({ paths: [...this.#made.paths, path] });
  }

  /** The lab stays up when we end. */
  keep(): void {
    this.#write({ kept: true });
  }

  /** The log of a program of that name. */
  logOf(name: string): string {
    return join(this.directory, "logs", `${name}.log`);
  }

  /** Starts a program that is ended with the lab. */
  start(name: string, argv: readonly string[], options: Omit<DaemonOptions, "log"> = {}): Daemon {
    const daemon = startDaemon(name, argv, { ...options, log: this.logOf(name), detached: true });
    const started = { name, pid: daemon.pid, startTicks: startTicks(daemon.pid) ?? 0 };
    const others = this.#made.processes.filter((each) => each.name !== name || alive(each));
    this.#write({ processes: [...others, started] });
    return daemon;
  }

  #write(change: Partial<Made>): void {
    this.#made = { ...this.#made, ...change };
    const file = stateFile(this.prefix);
    writeFileSync(`${file}.new`, JSON.stringify(this.#made, null, 2));
    renameSync(`${file}.new`, file);
  }
}

/** Removes what the lab of that prefix made: nothing else. @returns false when there is none. */
export async function removeLab(prefix: string): Promise<boolean> {
  const made = read(prefix);
  if (made === null) return false;
  const running = made.processes.filter(alive).reverse();
  for (const { pid } of running) kill(pid);
  await until("all processes of the lab have ended", () => !running.some(alive));
  for (const name of made.namespaces) await deleteNetns(name);
  for (const path of [...made.paths, runDirectory(prefix)]) rmSync(path, { recursive: true, force: true });
  return true;
}

/** Labs of any prefix whose process is gone without having kept them: it was killed. */
async function removeAbandoned(): Promise<void> {
  for (const entry of readdirSync("/run")) {
    const prefix = /^([a-z0-9]+)-lab$/.exec(entry)?.[1];
    const made = prefix === undefined ? null : read(prefix);
    if (prefix !== undefined && made !== null && !made.kept && !alive(made.owner)) await removeLab(prefix);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended between the look and the signal.
  }
}

function alive({ pid, startTicks: ticks }: ProcessId): boolean {
  return startTicks(pid) === ticks;
}

/** When a process started; null: it is gone, or only waits for its parent to take note (state Z). */
function startTicks(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : Number(fields[19]);
  } catch {
    return null;
  }
}

const stateFile = (prefix: string) => join(runDirectory(prefix), "lab.json");

function read(prefix: string): Made | null {
  try {
    return JSON.parse(readFileSync(stateFile(prefix), "utf8")) as Made;
  } catch {
    return null;
  }
}
