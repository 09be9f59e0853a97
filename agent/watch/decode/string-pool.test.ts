import { expect, test } from "vitest";
import { StringPool } from "./string-pool.ts";

test("a pool gives back the text it is given, and never grows beyond its capacity", () => {
  const pool = new StringPool(2);
  for (const text of ["a", "b", "a", "c", "d", "e"]) {
    expect(pool.share(text)).toBe(text);
    expect(pool.size).toBeLessThanOrEqual(2);
  }
});
