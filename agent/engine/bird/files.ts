// The files that bird.conf includes, in a directory that is ours: written whole, seen by BIRD either old or new.
import { chmod, copyFile, link, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../contract.ts";
import { newDraft, removeAbandonedDrafts } from "../drafts.ts";
import { fileNames } from "./texts.ts";

/** BIRD's group may read, others may not: there are passwords among it. */
export const fileMode = 0o640;
const directoryMode = 0o750;

const allNames = Object.values(fileNames);
/** Not one of the names that bird.conf includes. */
const keptName = (name: string) => `.${name}.before`;

export class IncludeFiles {
  readonly directory: string;
  /** Group that BIRD runs with; null: that of the directory. */
  readonly #gid: number | null;

  /** @param gid null: files get the group that the system gives them */
  constructor(directory: string, gid: number | null) {
    this.directory = directory;
    this.#gid = gid;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /**
   * Makes the directory when it is missing; its parent must be there. What killed agents left there goes.
   *
   * @param nowMs ms since the epoch
   * @throws {EngineError}
   */
  async prepare(nowMs: number): Promise<void> {
    await attempt(this.directory, async () => {
      try {
        await mkdir(this.directory, { mode: directoryMode });
        await this.#own(await open(this.directory, "r"));
      } catch (error) {
        if (!isCode(error, "EEXIST")) throw error;
      }
      for (const name of allNames) await removeAbandonedDrafts(this.path(name), nowMs);
    });
  }

  /** null: there is no such file. @throws {EngineError} */
  read(name: string): Promise<string | null> {
    return attempt(this.path(name), async () => {
      try {
        return await readFile(this.path(name), "utf8");
      } catch (error) {
        if (isCode(error, "ENOENT")) return null;
        throw error;
      }
    });
  }

  /**
   * BIRD need not wait for the disk: the system writes the new file out before it forgets the old one, or is made to
   * soon after.
   *
   * @throws {EngineError}
   */
  async write(name: string, text: string): Promise<void> {
    const path = this.path(name);
    // Not one of the names that bird.conf includes.
    const draft = newDraft(path);
    await attempt(path, async () => {
      const file = await open(draft, "wx", fileMode);
      try {
        await chmod(draft, fileMode);
        await this.#chown(file);
        await file.writeFile(text);
        await rename(draft, path);
      } catch (error) {
        await file.close();
        await rm(draft, { force: true });
        throw error;
      }
      void file
        .datasync()
        .catch(() => undefined)
        .finally(() => void file.close());
    });
  }

  /**
   * Keeps what these files say, until it is known whether BIRD takes what they will say next: with a text that it does
   * not take BIRD would not come up again, should the agent be killed meanwhile.
   *
   * @throws {EngineError}
   */
  async keep(names: Iterable<string>): Promise<void> {
    for (const name of names)
      await attempt(this.path(name), () => keep(this.path(name), this.path(keptName(name))));
  }

  /** BIRD has answered: what was kept is not needed any more. @throws {EngineError} */
  async settle(names: Iterable<string> = allNames): Promise<void> {
    for (const name of names)
      await attempt(this.path(name), () => rm(this.path(keptName(name)), { force: true }));
  }

  /** Was the agent stopped before BIRD had answered? @throws {EngineError} */
  async interrupted(): Promise<boolean> {
    for (const name of allNames) if ((await this.read(keptName(name))) !== null) return true;
    return false;
  }

  /** Puts back what was kept and never settled. @throws {EngineError} */
  async putBack(): Promise<void> {
    for (const name of allNames)
      await attempt(this.path(name), async () => {
        try {
          await rename(this.path(keptName(name)), this.path(name));
        } catch (error) {
          if (!isCode(error, "ENOENT")) throw error;
        }
      });
    // Two names of one file: both are there yet.
    await this.settle();
  }

  async #own(directory: FileHandle): Promise<void> {
    try {
      await this.#chown(directory);
    } finally {
      await directory.close();
    }
  }

  /** Whoever may not give files away leaves them to the group of the directory (`chmod g+s`). */
  async #chown(file: FileHandle): Promise<void> {
    if (this.#gid === null) return;
    const { uid, gid } = await file.stat();
    if (gid === this.#gid) return;
    await file.chown(uid, this.#gid).catch((error: unknown) => {
      if (!isCode(error, "EPERM")) throw error;
    });
  }
}

/** Group of BIRD: its control socket has it. null: there is no telling. */
export async function groupOf(socket: string): Promise<number | null> {
  try {
    return (await stat(socket)).gid;
  } catch {
    return null;
  }
}

/** A second name for what is there. A file that is missing is kept as an empty one, which says as little. */
async function keep(path: string, kept: string): Promise<void> {
  try {
    await link(path, kept);
  } catch (error) {
    if (isCode(error, "ENOENT")) return writeFile(kept, "", { mode: fileMode });
    // One of an earlier change is there yet, or this file system or this user may have no second names.
    await rm(kept, { force: true });
    await link(path, kept).catch(() => copyFile(path, kept));
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError("refused", `${path} cannot be kept: ${why}`, { cause });
  }
}
