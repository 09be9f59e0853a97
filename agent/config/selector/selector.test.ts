import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSelector, selectorLimits } from "./parse.ts";
import { selects, selectorText } from "./selector.ts";
import type { Selector } from "./selector.ts";

function read(text: string): Selector {
  const parsed = parseSelector(text);
  if (parsed.t === "fault") throw new Error(`column ${parsed.fault.column}: ${parsed.fault.says}`);
  return parsed.selector;
}

function faultOf(text: string): string {
  const parsed = parseSelector(text);
  return parsed.t === "fault" ? `${parsed.fault.column}: ${parsed.fault.says}` : "no fault";
}

type Labels = Readonly<Record<string, string>>;

const operators: readonly (readonly [string, readonly Labels[], readonly Labels[]])[] = [
  ["", [{}, { a: "b" }], []],
  [" \t", [{}], []],
  ["all()", [{}, { a: "b" }], []],
  [" all( ) ", [{}], []],
  ["global()", [{}, { a: "b" }], []],
  ["!all()", [], [{}, { a: "b" }]],
  ["has(a)", [{ a: "" }, { a: "b" }], [{}, { b: "a" }]],
  ["has( a.b/c-d_e )", [{ "a.b/c-d_e": "" }], [{}]],
  ["!has(a)", [{}, { b: "a" }], [{ a: "" }]],
  ["!!has(a)", [{ a: "" }], [{}]],
  ["! ! !has(a)", [{}], [{ a: "" }]],
  ["a == 'b'", [{ a: "b" }], [{}, { a: "B" }, { a: "bb" }]],
  ['a == "b"', [{ a: "b" }], [{ a: "'b'" }]],
  ["a == ''", [{ a: "" }], [{}]],
  ['a == "it\'s"', [{ a: "it's" }], [{ a: "its" }]],
  ["a == 'say \"x\"'", [{ a: 'say "x"' }], [{}]],
  ["a != 'b'", [{ a: "c" }, {}], [{ a: "b" }]],
  ["a!='b'", [{}], [{ a: "b" }]],
  ["!a == 'b'", [{}, { a: "c" }], [{ a: "b" }]],
  ["!a != 'b'", [{ a: "b" }], [{}]],
  ["a in {'b', \"c\"}", [{ a: "b" }, { a: "c" }], [{}, { a: "d" }]],
  ["a in{'b',}", [{ a: "b" }], [{}]],
  ["a in {}", [], [{}, { a: "" }]],
  ["a not in {'b','c'}", [{}, { a: "d" }], [{ a: "b" }, { a: "c" }]],
  ["a notin {'b'}", [{}], [{ a: "b" }]],
  ["a not in {}", [{}, { a: "b" }], []],
  ["a contains 'bc'", [{ a: "abcd" }, { a: "bc" }], [{}, { a: "b" }]],
  ["a contains ''", [{ a: "" }], [{}]],
  ["a starts with 'b'", [{ a: "b" }, { a: "bc" }], [{}, { a: "ab" }]],
  ["a startswith 'b'", [{ a: "bc" }], [{ a: "ab" }]],
  ["a ends with 'b'", [{ a: "b" }, { a: "ab" }], [{}, { a: "bc" }]],
  ["a endswith'b'", [{ a: "ab" }], [{ a: "bc" }]],
  ["topology.kubernetes.io/zone == 'z1'", [{ "topology.kubernetes.io/zone": "z1" }], [{ zone: "z1" }]],
  ["in in {'in'}", [{ in: "in" }], [{}]],
  ["has == 'x' && all contains 'y'", [{ has: "x", all: "y" }], [{ has: "x" }]],
  ["has(constructor) || toString == 'x'", [], [{}]],
];

const precedence: readonly (readonly [string, string, readonly Labels[], readonly Labels[]])[] = [
  ["&& before ||", "has(a) || has(b) && has(c)", [{ a: "" }, { b: "", c: "" }], [{ b: "" }, { c: "" }]],
  ["in either order", "has(b) && has(c) || has(a)", [{ a: "" }, { b: "", c: "" }], [{ b: "" }]],
  ["parentheses first", "(has(a) || has(b)) && has(c)", [{ a: "", c: "" }], [{ a: "" }, { c: "" }]],
  ["! before &&", "!has(a) && has(b)", [{ b: "" }], [{ a: "", b: "" }, {}]],
  ["! of a parenthesis", "!(has(a) && has(b))", [{}, { a: "" }], [{ a: "", b: "" }]],
  ["parentheses in parentheses", "((has(a)) && (((has(b)))))", [{ a: "", b: "" }], [{ a: "" }]],
];

describe("P2: a selector", () => {
  test.each(operators)("%s", (text, chosen, others) => {
    const selector = read(text);
    for (const labels of chosen) expect(selects(selector, labels), JSON.stringify(labels)).toBe(true);
    for (const labels of others) expect(selects(selector, labels), JSON.stringify(labels)).toBe(false);
  });

  test.each(precedence)("takes %s: %s", (_, text, chosen, others) => {
    const selector = read(text);
    for (const labels of chosen) expect(selects(selector, labels), JSON.stringify(labels)).toBe(true);
    for (const labels of others) expect(selects(selector, labels), JSON.stringify(labels)).toBe(false);
  });

  test.each([
    ["", "all()"],
    [" ( all( ) ) ", "all()"],
    ["! (has( b)||! has(a ))", "!(has(b) || !has(a))"],
    ["!(a == 'b')", "a != 'b'"],
    ["! a in {'c','b','c'}", "a not in {'b', 'c'}"],
    ['!a starts with "it\'s"', '!a starts with "it\'s"'],
    ["has(a) && (has(b) && has(c)) || has(d)", "has(a) && has(b) && has(c) || has(d)"],
    ["(has(a) || has(b)) && has(c)", "(has(a) || has(b)) && has(c)"],
  ])("%s is written %s", (text, written) => {
    expect(selectorText(read(text))).toBe(written);
  });
});

describe("P2: a fault in a selector is told with its place:", () => {
  const operatorsAfter = (label: string) =>
    `expected ==, !=, in, not in, contains, starts with or ends with after the label "${label}"`;
  const start = "expected the name of a label, has(…), all(), ! or (";

  test.each([
    ["a == b", '6: expected a value in quotes, not "b"'],
    ["a contains b", '12: expected a value in quotes, not "b"'],
    ["a starts 'b'", '10: expected "with", not "b"'],
    ["a ends in 'b'", '8: expected "with", not "in"'],
    ["a not 'b'", '7: expected "in", not "b"'],
    ["a in 'b'", '6: expected { and values in quotes, not "b"'],
    ["a in {b}", '7: expected a value in quotes, a comma or }, not "b"'],
    ["a in {'b' 'c'}", '11: expected a value in quotes, a comma or }, not "c"'],
    ["a in {'b'", "10: expected a value in quotes, a comma or }, not the end"],
    ["a", `2: ${operatorsAfter("a")}, not the end`],
    ["a b", `3: ${operatorsAfter("a")}, not "b"`],
    ["a (b)", `3: ${operatorsAfter("a")}, not (`],
    ["a = 'b'", "3: a single = means nothing; == is expected"],
    ["has(a) & has(b)", "8: a single & means nothing; && is expected"],
    ["has(a) | has(b)", "8: a single | means nothing; || is expected"],
    ["has()", "5: expected the name of a label, not )"],
    ["has(a", "6: expected ), not the end"],
    ["all", `4: ${operatorsAfter("all")}, not the end`],
    ["all(a)", '5: expected ), not "a"'],
    ["!", `2: ${start}, not the end`],
    ["'b' == a", `1: ${start}, not "b"`],
    ["()", `2: ${start}, not )`],
    [")", `1: ${start}, not )`],
    ["(has(a)", "8: expected &&, || or ), not the end"],
    ["has(a))", "7: expected &&, || or the end, not )"],
    ["has(a) has(b)", '8: expected &&, || or the end, not "has"'],
    ["has(a) &&", `10: ${start}, not the end`],
    ["has(a) && || has(b)", `11: ${start}, not ||`],
    ["a == 'b", "6: this quote is never closed"],
    ["a == \"b'", "6: this quote is never closed"],
    ["a == 'b' && %", "13: this character means nothing outside quotes"],
    ["ä == 'b'", "1: this character means nothing outside quotes"],
    [" ".repeat(4097), "4097: a selector has 4096 characters at most"],
    ["(".repeat(65), "65: parentheses nest 64 levels deep at most"],
  ])("%s", (text, says) => {
    expect(faultOf(text)).toBe(says);
  });

  test("parentheses side by side do not add up", () => {
    const text = Array.from({ length: selectorLimits.depth + 1 }, () => "(has(a))").join("&&");
    expect(selectorText(read(text))).toMatch(/^has\(a\) && has\(a\)/);
  });
});

const label = fc.stringMatching(/^[a-zA-Z0-9_./-]{1,8}$/);
const value = fc.oneof(fc.stringMatching(/^[^']{0,5}$/), fc.stringMatching(/^[^"]{0,5}$/));
const { selector } = fc.letrec<{ selector: Selector; leaf: Selector }>((tie) => ({
  selector: fc.oneof(
    { maxDepth: 4 },
    tie("leaf"),
    tie("selector").map((operand): Selector => ({ t: "not", operand })),
    fc
      .tuple(fc.constantFrom("and" as const, "or" as const), tie("selector"), tie("selector"))
      .map(([t, ...operands]): Selector => ({ t, operands })),
  ),
  leaf: fc.oneof(
    fc.constant<Selector>({ t: "all" }),
    label.map((name): Selector => ({ t: "has", label: name })),
    fc.record({
      t: fc.constantFrom("equals" as const, "contains" as const, "startsWith" as const, "endsWith" as const),
      label,
      value,
    }),
    fc.record({ t: fc.constant("in" as const), label, values: fc.uniqueArray(value, { maxLength: 3 }) }),
  ),
}));

test("P2: a selector that is written and read again chooses the same, and is written the same", () => {
  const labels = fc.dictionary(label, fc.string({ maxLength: 5 }));
  fc.assert(
    fc.property(selector, labels, (original, have) => {
      const again = read(selectorText(original));
      expect(selects(again, have)).toBe(selects(original, have));
      const written = selectorText(again);
      expect(selectorText(read(written))).toBe(written);
    }),
  );
});

test("P2: hostile text is a selector or a fault with a place in it, and nothing else", () => {
  const tokens = "( ) { } , ' \" = & | a ! == != && || has( all() in not starts with".split(" ");
  const piece = fc.constantFrom(" ", ...tokens);
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join("")),
    fc.tuple(piece, fc.integer({ min: 1, max: 300 })).map(([unit, times]) => unit.repeat(times)),
  );
  fc.assert(
    fc.property(text, (hostile) => {
      const parsed = parseSelector(hostile);
      if (parsed.t === "selector") return typeof selects(parsed.selector, { a: "a" }) === "boolean";
      const { column, says } = parsed.fault;
      return column >= 1 && column <= hostile.length + 1 && says !== "";
    }),
  );
}, 60_000);
