import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isManifestName, readPaths } from "./paths.ts";

let folder = "";
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "bellman-paths-"))));
afterEach(() => rm(folder, { recursive: true }));

test("files, directories and standard input are read in the order given", async () => {
  await mkdir(join(folder, "dir", "below.yaml"), { recursive: true });
  await writeFile(join(folder, "dir", "below.yaml", "no.yaml"), "not read");
  for (const name of ["b.yml", "a.json", "notes.txt", ".hidden.yaml"])
    await writeFile(join(folder, "dir", name), name);
  await writeFile(join(folder, "any-name"), "single");
  const texts = await readPaths(
    ["-", join(folder, "any-name"), join(folder, "dir")],
    Readable.from(["typed"]),
  );
  expect(texts).toEqual([
    { name: "stdin", text: "typed" },
    { name: join(folder, "any-name"), text: "single" },
    { name: join(folder, "dir", "a.json"), text: "a.json" },
    { name: join(folder, "dir", "b.yml"), text: "b.yml" },
  ]);
});

test("a path that is not there is named", async () => {
  const reading = readPaths([join(folder, "missing.yaml")], Readable.from([]));
  await expect(reading).rejects.toMatchObject({ code: "unreadable", message: /missing\.yaml/ });
});

test.each([
  ["services.yaml", true],
  ["services.yml", true],
  ["services.json", true],
  [".services.yaml.swp", false],
  [".#services.yaml", false],
  ["services.yaml~", false],
  ["services.YAML.bak", false],
  ["..data", false],
  [".yaml", false],
])("%s counts as a manifest: %s", (name, expected) => expect(isManifestName(name)).toBe(expected));
