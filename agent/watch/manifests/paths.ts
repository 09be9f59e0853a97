// Paths as given with `-f` → the texts there: files, directories (not what is below), `-` for standard input.
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import { compareText, quote } from "../../model/problem.ts";
import { messageOf, WatchError } from "../errors.ts";
import type { ManifestText } from "./read.ts";

/** Files that a directory of manifests is made of; hidden ones are editors' and kubelet's own. */
export function isManifestName(name: string): boolean {
  return /^[^.].*\.(?:yaml|yml|json)$/s.test(name);
}

/**
 * In the order given; a directory's files by name.
 *
 * @throws {WatchError} `unreadable`, naming the path.
 */
export async function readPaths(paths: readonly string[], stdin: Readable): Promise<ManifestText[]> {
  const texts: ManifestText[] = [];
  for (const path of paths) {
    if (path === "-") texts.push({ name: "stdin", text: await textOf(stdin) });
    else texts.push(...(await readPath(path)));
  }
  return texts;
}

async function readPath(path: string): Promise<ManifestText[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [{ name: path, text: await readFile(path, "utf8") }];
    const names = (await readdir(path)).filter(isManifestName).sort(compareText);
    const texts: ManifestText[] = [];
    for (const name of names) {
      const file = join(path, name);
      if ((await stat(file)).isFile()) texts.push({ name: file, text: await readFile(file, "utf8") });
    }
    return texts;
  } catch (cause) {
    throw new WatchError("unreadable", `cannot read ${quote(path)}: ${quote(messageOf(cause))}`, { cause });
  }
}
