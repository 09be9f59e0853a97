// docs/reference/templates.md tells of every name that a template is given, and of no other.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { codeIn, tablesOf } from "../../../test/support/markdown.ts";
import { birdSamples } from "../bird/templates.ts";
import { frrSamples } from "../frr/samples.ts";

const page = readFileSync(new URL("../../../docs/reference/templates.md", import.meta.url), "utf8");
const samples = { bird: birdSamples, frr: frrSamples } as const;

interface Said {
  readonly type: string;
  readonly example: string;
}

/** `variants[].communities[].high` → what kind of value it is, and the first that the sample has. */
function namesIn(value: unknown, at = ""): readonly (readonly [string, Said])[] {
  if (Array.isArray(value)) return namesIn(value[0], `${at}[]`);
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([name, part]) => namesIn(part, at === "" ? name : `${at}.${name}`));
  const types: Readonly<Record<string, string>> = { string: "text", number: "number", boolean: "yes or no" };
  return [[at, { type: types[typeof value] ?? typeof value, example: String(value).trim() }]];
}

/** The table under the heading of a template. */
function tableOf(template: string): ReadonlyMap<string, Said> {
  const [, section = ""] = page.split(`\n### \`${template}\`\n`);
  const [found] = tablesOf(section.split("\n### ")[0] ?? "");
  expect(found?.head, template).toEqual(["name", "type", "example", "what it is"]);
  return new Map(
    found?.rows.map(([name = "", type = "", example = ""]) => [
      codeIn(name)[0] ?? "",
      { type: type.replace(" or null", ""), example: codeIn(example)[0] ?? "" },
    ]),
  );
}

describe.each(Object.entries(samples))("%s", (engine, ofEngine) => {
  test.each(Object.entries(ofEngine))("%s.hbs is given what the page says", (name, sample) => {
    expect(Object.fromEntries(tableOf(`${engine}/${name}.hbs`))).toEqual(Object.fromEntries(namesIn(sample)));
  });
});

test("the page tells of no other templates", () => {
  const told = [...page.matchAll(/^### `(.+)\.hbs`$/gm)].map(([, name]) => name);
  const there = Object.entries(samples).flatMap(([engine, all]) =>
    Object.keys(all).map((name) => `${engine}/${name}`),
  );
  expect(told.sort()).toEqual(there.sort());
});
