// Names of files that are to take the place of others: hidden, and each writer's own, for while a new agent takes over
// two are at it.
import { randomUUID } from "node:crypto";
import { lstat, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** One this old was left behind by an agent that was killed. */
const abandonedMs = 60_000;

/** Beside the file. */
export function newDraft(path: string): string {
  return join(dirname(path), prefixOf(path) + randomUUID());
}

/** Passwords may stand in them. @param nowMs ms since the epoch. Rejects as the file system does. */
export async function removeAbandonedDrafts(path: string, nowMs: number): Promise<void> {
  const directory = dirname(path);
  for (const name of await readdir(directory)) {
    if (!name.startsWith(prefixOf(path))) continue;
    const draft = join(directory, name);
    const made = await lstat(draft).catch(() => null);
    if (made !== null && nowMs - made.mtimeMs > abandonedMs) await rm(draft, { force: true });
  }
}

function prefixOf(path: string): string {
  return `.${basename(path)}.bellman-`;
}
