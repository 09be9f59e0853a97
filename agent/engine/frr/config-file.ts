// Keeps our part of the file that FRR begins with. It is written some time after a change, never before bgpd has the
// change, and a file that cannot be written holds nothing up.
import { chown, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Problem } from "../../model/problem.ts";
import type { Clock } from "../../time/clock.ts";
import { withPart } from "./config-part.ts";

/** Passwords stand in it. */
export const fileMode = 0o640;

/** What comes within this time is written together. */
const delayMs = 250;

export interface ConfigFileOptions {
  readonly path: string;
  readonly clock: Clock;
}

export class ConfigFile {
  readonly #options: ConfigFileOptions;
  /** Makes our part; null: it is as it ought to be. */
  #pending: (() => string) | null = null;
  #cancel: () => void = () => undefined;
  #writing: Promise<void> = Promise.resolve();
  #fault: string | null = null;

  constructor(options: ConfigFileOptions) {
    this.#options = options;
  }

  /** Why the file is not as it ought to be. */
  get problems(): readonly Problem[] {
    if (this.#fault === null) return [];
    return [
      {
        object: "Setting/frr-config",
        field: "",
        severity: "error",
        message: `${this.#fault}; routes and sessions are what they are to be, but bgpd would begin without them if it were restarted`,
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

  /** To be called for each change. @param part is asked for it when it is written */
  changed(part: () => string): void {
    const first = this.#pending === null;
    this.#pending = part;
    if (first) this.#cancel = this.#options.clock.schedule(delayMs, () => void this.flush());
  }

  /** Writes what is not written yet; resolves when it is, or cannot be. */
  async flush(): Promise<void> {
    this.#cancel();
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  async #write(): Promise<void> {
    const part = this.#pending;
    this.#pending = null;
    if (part === null) return;
    const { path } = this.#options;
    try {
      const fault = await replacePart(path, part());
      this.#fault = fault;
    } catch (error) {
      this.#fault = `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

/** Returns why it was not done; null: it was. Rejects as the file system does. */
async function replacePart(named: string, part: string): Promise<string | null> {
  // A link stays one.
  const path = await realpath(named).catch(() => named);
  // Byte for byte, whatever the rest is written in.
  const old = await readFile(path, "latin1").catch(noneIfMissing);
  const text = withPart(old ?? "", Buffer.from(part).toString("latin1"));
  if (text === null)
    return `${path} is left alone: the agent's part begins there and does not end; take out its first line`;
  if (text === old) return null;
  // A new one belongs to whom its directory belongs to.
  const { uid, gid } = await stat(old === null ? dirname(path) : path);
  const draft = join(dirname(path), `.${basename(path)}.bellman`);
  try {
    // The directory is FRR's: what somebody has put there in place of the draft is not followed.
    await rm(draft, { force: true });
    await withFile(draft, "wx", async (file) => {
      await file.chmod(fileMode);
      await file.writeFile(text, "latin1");
      await file.sync();
    });
    await chown(draft, uid, gid);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await withFile(dirname(path), "r", (directory) => directory.sync());
  return null;
}

async function withFile(
  path: string,
  flags: "r" | "wx",
  work: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, fileMode);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}

function noneIfMissing(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}
