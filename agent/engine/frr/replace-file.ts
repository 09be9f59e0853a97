// A file's text replaced: as a whole, so that whoever reads it finds the old text or the new one; in place where the
// file is the mount point of a container.
import { open, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { newDraft, removeAbandonedDrafts } from "../drafts.ts";

export interface Replacement {
  readonly path: string;
  /** One character per byte. null: there is no such file. */
  readonly old: string | null;
  readonly text: string;
  readonly mode: number;
  /** ms since the epoch */
  readonly nowMs: number;
}

/** The file keeps its owner, a new one has that of its directory. Resolves once it is on disk. Rejects as the file system does. */
export async function replaceFile(replacement: Replacement): Promise<void> {
  const { path, old } = replacement;
  try {
    await renameDraft(replacement);
  } catch (error) {
    if (old === null || !isInTheWay(error)) throw error;
    await writeInPlace(path, old, replacement);
    return;
  }
  await withFile(dirname(path), "r", (directory) => directory.sync());
}

async function renameDraft({ path, old, text, mode, nowMs }: Replacement): Promise<void> {
  const { uid, gid } = await stat(old === null ? dirname(path) : path);
  await removeAbandonedDrafts(path, nowMs);
  const draft = newDraft(path);
  try {
    await withFile(draft, "wx", async (file) => {
      await file.chmod(mode);
      await giveTo(file, uid, gid);
      await file.writeFile(text, "latin1");
      await file.sync();
    });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Whoever may not give files away need not where FRR's group has it: the mode lets the group read. */
async function giveTo(file: FileHandle, uid: number, gid: number): Promise<void> {
  const made = await file.stat();
  if (made.uid === uid && made.gid === gid) return;
  await file.chown(uid, gid).catch((error: unknown) => rethrow(error, made.gid === gid));
}

/** @param mayBeRefused is it no harm that it is not permitted? */
function rethrow(error: unknown, mayBeRefused: boolean): void {
  if (!(mayBeRefused && error instanceof Error && "code" in error && error.code === "EPERM")) throw error;
}

/** What keeps a draft from taking the file's place: the file is a mount point, or its directory is not ours. */
function isInTheWay(error: unknown): boolean {
  const codes: readonly unknown[] = ["EBUSY", "EXDEV", "EROFS", "EACCES", "EPERM"];
  return error instanceof Error && "code" in error && codes.includes(error.code);
}

async function writeInPlace(
  path: string,
  old: string,
  { text, mode }: Pick<Replacement, "text" | "mode">,
): Promise<void> {
  await withFile(path, "r+", async (file) => {
    const permitted = (await file.stat()).mode & 0o777;
    // Whoever writes as a member of the group may not, and need not where others cannot read it.
    if (permitted !== mode)
      await file.chmod(mode).catch((error: unknown) => rethrow(error, (permitted & 0o007) === 0));
    try {
      await overwrite(file, text);
    } catch (error) {
      await overwrite(file, old);
      throw error;
    }
  });
}

/** Should the agent be killed before the rest is cut off, blank lines are all that is left there. */
async function overwrite(file: FileHandle, text: string): Promise<void> {
  const length = text.length;
  const bytes = Buffer.from(text.padEnd((await file.stat()).size, "\n"), "latin1");
  for (let at = 0; at < bytes.length;)
    at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten;
  await file.truncate(length);
  await file.sync();
}

async function withFile(
  path: string,
  flags: "r" | "r+" | "wx",
  work: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
