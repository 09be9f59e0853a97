import fc from "fast-check";
import { expect, test } from "vitest";
import { LineSplitter } from "./line-splitter.ts";

test("however a stream is cut, the same lines come out", () => {
  const line = fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.replaceAll("\n", ""));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(40)), (lines, cuts) => {
      const seen: string[] = [];
      const splitter = new LineSplitter(1000, (text) => seen.push(text));
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
      let at = 0;
      for (const cut of cuts) {
        splitter.push(bytes.subarray(at, at + cut));
        at = Math.min(at + cut, bytes.length);
      }
      splitter.push(bytes.subarray(at));
      expect(seen).toEqual(lines.filter((text) => text !== ""));
      expect(splitter.pendingBytes).toBe(0);
    }),
  );
});

test("what has no end yet is pending", () => {
  const seen: string[] = [];
  const splitter = new LineSplitter(1000, (text) => seen.push(text));
  splitter.push(Buffer.from("one\ntw"));
  expect([seen, splitter.pendingBytes]).toEqual([["one"], 2]);
  splitter.push(Buffer.from("o\n"));
  expect([seen, splitter.pendingBytes]).toEqual([["one", "two"], 0]);
});

test("a line without end is refused before it eats the memory", () => {
  const splitter = new LineSplitter(10, () => undefined);
  splitter.push(Buffer.from("123456"));
  expect(() => splitter.push(Buffer.from("78901"))).toThrow(expect.objectContaining({ code: "malformed" }));
  expect(() => new LineSplitter(3, () => undefined).push(Buffer.from("1234\n"))).toThrow(
    /longer than 3 bytes/,
  );
});
