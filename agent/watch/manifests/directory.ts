// A directory of manifests, looked at again and again: reads what changed, keeps the last good of what broke.
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { compareText, quote } from "../../model/problem.ts";
import type { Problem } from "../../model/problem.ts";
import { messageOf, WatchError } from "../errors.ts";
import { fileObject, readContents } from "./contents.ts";
import { countObjects, noObjects } from "./objects.ts";
import type { Objects } from "./objects.ts";
import { isManifestName } from "./paths.ts";
import { mergeFiles } from "./read.ts";
import type { Manifests } from "./read.ts";

interface FileState {
  /** Changes whenever the file does, as far as the file system tells. Empty: to be read in any case. */
  readonly stamp: string;
  /** Last good objects. */
  readonly objects: Objects;
  readonly problems: readonly Problem[];
}

export interface Scan extends Manifests {
  /** A file looks as if it were being written: to be looked at again in a moment. */
  readonly unsettled: boolean;
}

export class Directory {
  readonly #path: string;
  #files = new Map<string, FileState>();

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * @param touched names of files to be read again even if they look the same
   * @throws {WatchError} `unreadable`, when the directory cannot be listed
   */
  async scan(touched: ReadonlySet<string> = new Set()): Promise<Scan> {
    const files = new Map<string, FileState>();
    let unsettled = false;
    for (const name of await this.#names()) {
      const before = this.#files.get(name);
      const after = await readState(join(this.#path, name), name, before, touched.has(name));
      if (after === null) continue;
      unsettled ||= after.stamp === "";
      files.set(name, after);
    }
    this.#files = files;
    const merged = mergeFiles([...files].map(([name, { objects }]) => ({ name, objects })));
    const problems = [...files.values()].flatMap((file) => file.problems);
    return { objects: merged.objects, problems: [...problems, ...merged.problems], unsettled };
  }

  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.#path)).filter(isManifestName).sort(compareText);
    } catch (cause) {
      const message = `cannot read the directory of manifests ${quote(this.#path)}: ${quote(messageOf(cause))}`;
      throw new WatchError("unreadable", message, { cause });
    }
  }
}

/** null: there is no such file. */
async function readState(
  path: string,
  name: string,
  before: FileState | undefined,
  touched: boolean,
): Promise<FileState | null> {
  const kept = before?.objects ?? noObjects();
  const broken = (stamp: string, reason: string): FileState => {
    const holds = countObjects(kept) > 0 ? "what it held before counts on" : "nothing in it counts";
    const problem = { object: fileObject(name), field: "", message: `${reason}; ${holds}` };
    return { stamp, objects: kept, problems: [{ ...problem, severity: "error" }] };
  };
  try {
    const { mtimeNs, size, ino, isFile } = await statFile(path);
    if (!isFile) return null;
    const stamp = `${mtimeNs}/${size}/${ino}`;
    if (!touched && before?.stamp === stamp) return before;
    // Some write by emptying the file first: what is empty all of a sudden is believed at the second look.
    if (size === 0n && before !== undefined && before.stamp !== "" && countObjects(kept) > 0)
      return { ...before, stamp: "" };
    const contents = readContents(name, await readFile(path, "utf8"));
    if (contents.t === "broken") return broken(stamp, contents.problem.message);
    return { stamp, objects: contents.objects, problems: contents.problems };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    return broken("unreadable", `cannot be read: ${quote(messageOf(error))}`);
  }
}

async function statFile(path: string) {
  const status = await stat(path, { bigint: true });
  return { mtimeNs: status.mtimeNs, size: status.size, ino: status.ino, isFile: status.isFile() };
}
