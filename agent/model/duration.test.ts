import fc from "fast-check";
import { expect, test } from "vitest";
import { durationText, parseDuration } from "./duration.ts";

test.each([
  ["5s", 5_000],
  ["300ms", 300],
  ["0.3s", 300],
  ["1m30s", 90_000],
  ["1h0m0.5s", 3_600_500],
  ["0s", 0],
  ["0", 0],
  ["24h", 86_400_000],
])("%s is %i ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(["", "5", "-5s", "5 s", "5S", "s", "1.s", ".5s", "1us", "0.0001s", "25h", "1d", "1e3s", "5s;"])(
  "%j is no duration",
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test("what is written is read again as the same", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 86_400_000 }), (ms) => {
      expect(parseDuration(durationText(ms))).toBe(ms);
    }),
  );
  expect([0, 5, 1_500, 5_000, 60_000, 5_400_000].map(durationText)).toEqual([
    "0s",
    "5ms",
    "1.5s",
    "5s",
    "1m",
    "1h30m",
  ]);
});
