import { expect, test } from "vitest";
import { parseListPage } from "./list-page.ts";

test("a page has items, a version, and a token while there are more", () => {
  const metadata = { resourceVersion: "7", continue: "abc" };
  expect(parseListPage(JSON.stringify({ metadata, items: [1] }))).toEqual({
    items: [1],
    version: "7",
    next: "abc",
  });
  expect(parseListPage('{"metadata":{"resourceVersion":"7"},"items":null}')).toEqual({
    items: [],
    version: "7",
    next: "",
  });
});

test.each([
  ['{"metadata":{"resourceVersion":"7"},"items":[', "not JSON"],
  ["<html>", "not JSON"],
  ["[]", "no list"],
  ["null", "no list"],
  ['{"items":[]}', "no list"],
  ['{"metadata":{"resourceVersion":"7"},"items":{}}', "no list"],
  ['{"metadata":{},"items":[]}', "no resourceVersion"],
  ['{"metadata":{"resourceVersion":"7","continue":1},"items":[]}', "continue token"],
])("%s is malformed: %s", (text, part) => {
  expect(() => parseListPage(text)).toThrow(
    expect.objectContaining({ code: "malformed", message: expect.stringContaining(part) as string }),
  );
});
