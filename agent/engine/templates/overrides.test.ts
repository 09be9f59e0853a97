import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readOverrides } from "./overrides.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellman-templates-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const read = () => readOverrides(directory, "frr", ["route", "neighbor"]);

function write(name: string, text: string): void {
  mkdirSync(join(directory, "frr"), { recursive: true });
  writeFileSync(join(directory, "frr", name), text);
}

test("there need be none", async () => {
  expect(await read()).toEqual(new Map());
});

test("those that there are, are read; other files are nobody's business", async () => {
  write("route.hbs", "x");
  write("README", "");
  write(".route.hbs", "");
  expect(await read()).toEqual(new Map([["route", { place: join(directory, "frr/route.hbs"), text: "x" }]]));
});

test("a name that no template has is told, for it would have no effect", async () => {
  write("neighbour.hbs", "x");
  await expect(read()).rejects.toThrow(
    `${directory}/frr/neighbour.hbs: there is no template "neighbour"; did you mean neighbor?`,
  );
});

test("so is what cannot be read", async () => {
  mkdirSync(join(directory, "frr/route.hbs"), { recursive: true });
  await expect(read()).rejects.toThrow(/frr\/route\.hbs: EISDIR/);
  await expect(readOverrides(join(directory, "none"), "frr", [])).rejects.toThrow(/none: ENOENT/);
});
