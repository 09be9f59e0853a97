// What each engine writes for each wish. A change is written down by `npm run golden`, and then reviewed.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ConfigurationFile } from "../../agent/engine/rendering.ts";
import { fileEngines } from "./engines.ts";
import { goldenFolder } from "./folder.ts";
import { beyond, models } from "./models.ts";

const update = process.env["BELLMAN_UPDATE_GOLDEN"] === "1";

describe.each(Object.entries(fileEngines))("%s", (name, make) => {
  const engine = make();
  if (update) rmSync(goldenFolder(name), { recursive: true, force: true });

  test.each(Object.entries(models))("writes what it should: %s", (model, all) => {
    const told = engine.refusals(all).map(({ object, field }) => `${object} ${field}`);
    expect(told).toEqual(beyond.get(`${name}: ${model}`) ?? []);
    const peers = all.peers.filter(({ name }) => !told.some((each) => each.startsWith(`BGPPeer/${name} `)));
    const { files, rejections } = engine.render({ ...all, peers });
    expect(rejections).toEqual([]);
    const folder = goldenFolder(name, model);
    if (update) writeFiles(folder, files);
    expect(Object.fromEntries(files.map(({ path, text }) => [basename(path), text]))).toEqual(
      Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")])),
    );
  });

  test("has a folder for each wish, and no other", () => {
    expect(readdirSync(goldenFolder(name)).sort()).toEqual(Object.keys(models).sort());
  });

  test("P3: nobody but it and its group may read what holds passwords", () => {
    for (const { mode } of engine.render(models.everyday).files) expect(mode & 0o137).toBe(0);
  });
});

function writeFiles(folder: string, files: readonly ConfigurationFile[]): void {
  mkdirSync(folder, { recursive: true });
  for (const { path, text } of files) writeFileSync(join(folder, basename(path)), text);
}
