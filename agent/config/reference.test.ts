// docs/reference has a line for every field that the CRDs of the chart have, and for no other.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { codeIn, tablesOf } from "../../test/support/markdown.ts";
import { fieldsOf, readCrd } from "./crd.fixture.ts";

/** What the first column of a page's tables of fields has. */
function documented(page: string): readonly string[] {
  const text = readFileSync(new URL(`../../docs/reference/${page}.md`, import.meta.url), "utf8");
  const tables = tablesOf(text).filter(({ head }) => head[0] === "field");
  return tables.flatMap(({ rows }) =>
    rows.flatMap(([first = ""]) => {
      const [one = "", ...more] = codeIn(first);
      // `prefixLength.min`, `.max`
      const stem = one.split(".")[0] ?? "";
      return [one, ...more.map((code) => (code.startsWith(".") ? `${stem}${code}` : code))];
    }),
  );
}

/** Fields of a list of rules are the same for all four, and those within an operation stand for it. */
function fieldNames(plural: string): readonly string[] {
  const paths = fieldsOf(readCrd(plural)).map(({ path }) => path);
  const inRules = paths.map((path) => path.replace(/^(ex|im)portV[46]\[0\]\./, ""));
  return [...new Set(inRules.map((path) => path.replace(/^operations\[0\]\./, "").replace(/\[0\]/g, "[]")))];
}

test.each([
  ["bgppeer", "bgppeers"],
  ["bgpconfiguration", "bgpconfigurations"],
  ["bgpfilter", "bgpfilters"],
])("%s.md lists every field", (page, plural) => {
  const listed = documented(page);
  const fields = fieldNames(plural);
  const stands = (field: string) => listed.some((each) => each === field || each.startsWith(`${field}.`));
  // What is within a field may be told at the field.
  const told = (field: string): boolean =>
    stands(field) || (/[.[]/.test(field) && told(field.replace(/[.[][^.[]*$/, "")));
  expect(fields.filter((field) => !told(field))).toEqual([]);
  expect(listed.filter((each) => !fields.includes(each))).toEqual([]);
});
