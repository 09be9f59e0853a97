import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IncludeFiles } from "./bird/files.ts";
import { newDraft, removeAbandonedDrafts } from "./drafts.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellman-drafts-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("each is beside its file, hidden, and nobody else's", () => {
  const path = join(directory, "frr.conf");
  const drafts = [newDraft(path), newDraft(path)];
  expect(new Set(drafts).size).toBe(2);
  for (const draft of drafts) {
    expect(dirname(draft)).toBe(directory);
    expect(draft).toMatch(/\/\.frr\.conf\.bellman-[^/.]+$/);
  }
});

test("those of killed agents go, those of one at work and other files do not", async () => {
  const path = join(directory, "a.conf");
  const [old, fresh, other] = [newDraft(path), newDraft(path), newDraft(join(directory, "b.conf"))];
  for (const draft of [path, old, fresh, other]) writeFileSync(draft, "");
  for (const draft of [path, old, other]) utimesSync(draft, 0, 0);
  await removeAbandonedDrafts(path, Date.now());
  const left = [path, fresh, other].map((each) => each.slice(directory.length + 1));
  expect(readdirSync(directory).sort()).toEqual(left.sort());
});

test("BIRD's files are begun with none of them", async () => {
  const old = newDraft(join(directory, "20-peers.conf"));
  writeFileSync(old, 'password "correct-horse";');
  utimesSync(old, 0, 0);
  await new IncludeFiles(directory, null).prepare(Date.now());
  expect(readdirSync(directory)).toEqual([]);
});
