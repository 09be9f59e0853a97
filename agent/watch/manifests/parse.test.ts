import { expect, test } from "vitest";
import { parseText } from "./parse.ts";

test.each([
  ["JSON", '{"a": [1, true]}', [{ a: [1, true] }]],
  ["one YAML document", "a: [1, true]\n", [{ a: [1, true] }]],
  ["several", "---\na: 1\n---\nb: 2\n---\n", [{ a: 1 }, { b: 2 }, null]],
  ["YAML in flow style", "{a: [1, true]}", [{ a: [1, true] }]],
  ["JSON documents in a row", '{"a": 1}\n---\n{"b": 2}\n', [{ a: 1 }, { b: 2 }]],
  ["a merge key", "x: &x {a: 1}\ny:\n  <<: *x\n  b: 2\n", [{ x: { a: 1 }, y: { a: 1, b: 2 } }]],
  ["a community that YAML 1.1 would count in base sixty", "a: 100:20\n", [{ a: "100:20" }]],
  ["comments only", "# nothing\n", []],
  ["nothing", "", []],
])("%s is read", (_, text, documents) => {
  expect(parseText(text)).toEqual({ t: "documents", documents });
});

test.each([
  ["a: 1\nb: [1, 2\nc: 3\n", "3:1"],
  ["a: 1\n\tb: 2\n", "2:1"],
  ["a: {b: 1}}\n", "1:10"],
  ['{"a": 1,\n "b": }}\n', "2:8"],
])("what does not parse says where: %j", (text, place) => {
  expect(parseText(text)).toMatchObject({
    t: "broken",
    message: expect.stringContaining(` at ${place}: `) as string,
  });
});

test("JSON with a comma too many is broken, though YAML would take it", () => {
  expect(parseText('{"a": 1,}')).toMatchObject({ t: "broken" });
});

test("aliases that multiply are refused", () => {
  const layers = Array.from({ length: 12 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(10)}]`);
  expect(parseText(["l0: &l0 [x]", ...layers].join("\n"))).toMatchObject({ t: "broken" });
});

test("a message about hostile text is one harmless line", () => {
  const parsed = parseText("a: [\u001b[31m\nb: '\u202e\n");
  expect(parsed.t === "broken" && parsed.message).not.toMatch(/\p{Cc}|\u202e/u);
});

test.each([
  '{"data": s3cret}',
  "data: }s3cret",
  "data: *s3cret",
  "data:\n  - a\n s3cret",
  '{"data": "s3cret',
])("P3: a message cites nothing of the text, which may be a password: %j", (text) => {
  const parsed = parseText(text);
  expect(parsed.t === "broken" && parsed.message).toMatch(/^does not parse(?!.*s3cret)/);
});
