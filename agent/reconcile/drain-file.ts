// A drain that was asked of the agent, kept in a file so that it outlives the agent: while the file is there, the node
// is to be drained, whatever the file says.
import { lstat, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isRecord } from "../config/spec.ts";

/** `since`: when it was asked for, ISO 8601; null: the file does not say in a way that can be read. */
export type StoredDrain =
  | { readonly t: "none" }
  | { readonly t: "asked"; readonly since: string | null }
  /** Whether there is such a file is not known. */
  | { readonly t: "unknown"; readonly error: Error };

export interface DrainStore {
  /** As it is called in messages. */
  readonly path: string;
  read(): Promise<StoredDrain>;
  /** @param since ISO 8601 */
  write(since: string): Promise<void>;
  remove(): Promise<void>;
}

export class DrainFile implements DrainStore {
  readonly path: string;
  readonly #directory: string;

  /** @param nodeName of a Node object, and so fit to be part of a file's name. */
  constructor(directory: string, nodeName: string) {
    this.#directory = directory;
    this.path = join(directory, `drain-${nodeName}.json`);
  }

  async read(): Promise<StoredDrain> {
    try {
      await lstat(this.path);
    } catch (error) {
      if (isAbsence(error)) return { t: "none" };
      return { t: "unknown", error: asError(error) };
    }
    return { t: "asked", since: await this.#since() };
  }

  /** Appears at once and whole, and survives a crash of the machine. Readable by its owner only. @throws what the file system says. */
  async write(since: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o755 });
    const fresh = `${this.path}.new`;
    // What a crash left behind is not written through, it may be a link by now.
    await rm(fresh, { force: true });
    const file = await open(fresh, "wx", 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ drain: { since } })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, this.path);
    await this.#syncDirectory();
  }

  /** @throws what the file system says, unless there was no file. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
    await this.#syncDirectory();
  }

  async #since(): Promise<string | null> {
    try {
      const content: unknown = JSON.parse(await readFile(this.path, "utf8"));
      const drain = isRecord(content) ? content["drain"] : undefined;
      const since = isRecord(drain) ? drain["since"] : undefined;
      return typeof since === "string" && !Number.isNaN(Date.parse(since))
        ? new Date(since).toISOString()
        : null;
    } catch {
      return null;
    }
  }

  async #syncDirectory(): Promise<void> {
    const directory = await open(this.#directory, "r").catch((error: unknown) => {
      if (isAbsence(error)) return null;
      throw error;
    });
    try {
      await directory?.sync();
    } finally {
      await directory?.close();
    }
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
