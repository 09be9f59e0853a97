// Keeps our part of the file that FRR begins with. It is written after each change, never before bgpd has the change, and a file that cannot be written holds nothing up: it is tried again.
import { readFile, realpath, stat } from "node:fs/promises";
import type { Problem } from "../../model/problem.ts";
import { Backoff } from "../../time/backoff.ts";
import type { Clock } from "../../time/clock.ts";
import { withPart } from "./config-part.ts";
import { replaceFile } from "./replace-file.ts";

/** Passwords stand in it. */
export const fileMode = 0o640;

/**
 * Between two writes: what comes within this time is written together. What comes alone is written at once, for what was
 * withdrawn must not come back when agent and bgpd are killed together.
 */
const pauseMs = 250;

/** After a failure. */
const retryDelays = { initialMs: 500, maxMs: 30_000 } as const;

export interface ConfigFileOptions {
  readonly path: string;
  readonly clock: Clock;
  /** 0 ≤ x < 1. Default Math.random. */
  readonly random?: () => number;
}

export class ConfigFile {
  readonly #options: ConfigFileOptions;
  readonly #backoff: Backoff;
  /** Makes our part; null: it is as it ought to be. */
  #pending: (() => string) | null = null;
  #cancel: () => void = () => undefined;
  #writing: Promise<void> = Promise.resolve();
  #notBeforeMs = 0;
  #fault: string | null = null;
  /** What the file was like when it was as it ought to be. */
  #stamp: string | null = null;

  constructor(options: ConfigFileOptions) {
    this.#options = options;
    const { random } = options;
    this.#backoff = new Backoff({ ...retryDelays, ...(random !== undefined && { random }) });
  }

  /** Why the file is not as it ought to be. */
  get problems(): readonly Problem[] {
    if (this.#fault === null) return [];
    return [
      {
        object: "Setting/frr-config",
        field: "",
        severity: "error",
        message: `${this.#fault}; routes and sessions are what they are to be, but bgpd would begin with others if it were restarted; trying again`,
      },
    ];
  }

  get path(): string {
    return this.#options.path;
  }

  /** As it stands on disk; null: it cannot be read. */
  read(): Promise<string | null> {
    return readFile(this.#options.path, "utf8").catch(() => null);
  }

  /** Has somebody else written to it since we have? */
  async isAltered(): Promise<boolean> {
    return this.#stamp !== null && (await stampOf(this.#options.path)) !== this.#stamp;
  }

  /** To be called for each change. @param part is asked for it when it is written */
  changed(part: () => string): void {
    const first = this.#pending === null;
    this.#pending = part;
    if (first) this.#schedule(Math.max(0, this.#notBeforeMs - this.#options.clock.monotonic()));
  }

  /** Writes what is not written yet; resolves when it is, or cannot be now. */
  async flush(): Promise<void> {
    this.#cancel();
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  /**
   * Does not try again, and is no problem any more: nobody is there who would know what is to be written.
   *
   * @returns why the file is not as it ought to be; null: it is, or is about to be written
   */
  rest(): string | null {
    const fault = this.#fault;
    if (fault === null) return null;
    this.#cancel();
    this.#pending = null;
    this.#fault = null;
    this.#backoff.reset();
    return fault;
  }

  #schedule(ms: number): void {
    this.#cancel = this.#options.clock.schedule(ms, () => void this.flush());
  }

  async #write(): Promise<void> {
    const part = this.#pending;
    this.#pending = null;
    if (part === null) return;
    const { path, clock } = this.#options;
    this.#notBeforeMs = clock.monotonic() + pauseMs;
    // Ours alone counts as ours: what is written meanwhile by others shows.
    this.#stamp = null;
    try {
      this.#fault = await replacePart(path, part(), clock.now());
      if (this.#fault === null) this.#stamp = await stampOf(path);
    } catch (error) {
      this.#fault = `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (this.#fault === null) this.#backoff.reset();
    else this.#retry(part);
  }

  #retry(part: () => string): void {
    // What came meanwhile is about to be written anyway.
    if (this.#pending !== null) return;
    this.#pending = part;
    this.#schedule(this.#backoff.next());
  }
}

/** Returns why it was not done; null: it was. Rejects as the file system does. */
async function replacePart(named: string, part: string, nowMs: number): Promise<string | null> {
  // A link stays one.
  const path = await realpath(named).catch(() => named);
  // Byte for byte, whatever the rest is written in.
  const old = await readFile(path, "latin1").catch(noneIfMissing);
  const text = withPart(old ?? "", Buffer.from(part).toString("latin1"));
  if (text === null)
    return `${path} is left alone: the agent's part begins there and does not end; take out its first line`;
  if (text !== old) await replaceFile({ path, old, text, mode: fileMode, nowMs });
  return null;
}

async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return "missing";
  }
}

function noneIfMissing(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}
