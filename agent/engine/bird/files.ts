// The files that bird.conf includes, in a directory that is ours: written whole, seen by BIRD either old or new.
import { chmod, mkdir, open, readFile, rename, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../contract.ts";

/** BIRD's group may read, others may not: there are passwords among it. */
export const fileMode = 0o640;
const directoryMode = 0o750;

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

  /** Makes the directory when it is missing; its parent must be there. @throws {EngineError} */
  async prepare(): Promise<void> {
    await attempt(this.directory, async () => {
      try {
        await mkdir(this.directory, { mode: directoryMode });
        await this.#own(await open(this.directory, "r"));
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
    });
  }

  /** null: there is no such file. @throws {EngineError} */
  read(name: string): Promise<string | null> {
    return attempt(this.path(name), async () => {
      try {
        return await readFile(this.path(name), "utf8");
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
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
    const draft = this.path(`.${name}.new`);
    await attempt(path, async () => {
      const file = await open(draft, "w", fileMode);
      try {
        await chmod(draft, fileMode);
        await this.#chown(file);
        await file.writeFile(text);
        await rename(draft, path);
      } catch (error) {
        await file.close();
        throw error;
      }
      void file
        .datasync()
        .catch(() => undefined)
        .finally(() => void file.close());
    });
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
      if (!(error instanceof Error && "code" in error && error.code === "EPERM")) throw error;
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

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError("refused", `${path} cannot be kept: ${why}`, { cause });
  }
}
