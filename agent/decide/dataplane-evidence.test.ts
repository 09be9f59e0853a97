import { describe, expect, test } from "vitest";
import { ahead, hasSynced } from "./dataplane-evidence.ts";
import type { Moment, Told } from "./dataplane-evidence.ts";

const hour = 3_600_000;
const epoch = 1_800_000_000_000;

/** @param aheadMs of the wall clock, which goes right with 0 */
function at(ms: number, aheadMs = 0): Moment {
  return { epochMs: epoch + ms + aheadMs, monotonicMs: ms };
}

/** What the proxy says, asked at some moment, that it stamped by its wall clock at another. */
function told(askedAt: Moment, synced: Moment): Told {
  const answer = { t: "at", ms: synced.epochMs } as const;
  return { askedAt, ipv4: answer, ipv6: answer };
}

const changed = at(hour);
const soon = hour + 100;
const late = hour + ahead.quietMs;

describe("a sync proves that the proxy has a change", () => {
  test.each<readonly [string, Told, Moment, boolean]>([
    ["when it is later", told(at(soon), at(soon - 1)), changed, true],
    ["not when it is earlier", told(at(soon), at(hour - 1)), changed, false],
    ["when it is a little earlier, and nothing followed", told(at(late), at(hour - 1)), changed, true],
    ["not when it is much earlier", told(at(late), at(hour - ahead.leadMs)), changed, false],
    ["when the change was long ago, and the question too", told(at(2 * hour), at(hour - 1)), changed, true],
  ])("%s", (_title, answers, change, proves) => {
    expect(hasSynced(answers, "ipv4", change)).toBe(proves);
  });
});

describe("when the wall clock was set back by an hour after the change", () => {
  test("a sync after that proves it", () => {
    expect(hasSynced(told(at(soon, -hour), at(soon - 1, -hour)), "ipv4", changed)).toBe(true);
  });

  test("a sync before both does not, whatever it is stamped with", () => {
    expect(hasSynced(told(at(soon, -hour), at(hour - 1)), "ipv4", changed)).toBe(false);
    expect(hasSynced(told(at(late, -hour), at(hour - ahead.leadMs)), "ipv4", changed)).toBe(false);
  });

  test("a sync between the change and that proves it", () => {
    expect(hasSynced(told(at(soon, -hour), at(hour + 1)), "ipv4", changed)).toBe(true);
  });
});

describe("when the wall clock was set back by an hour before the change", () => {
  const after = at(hour, -hour);

  test("a sync from before that does not prove it, and the first one after does", () => {
    expect(hasSynced(told(at(late, -hour), at(hour - 10)), "ipv4", after)).toBe(false);
    expect(hasSynced(told(at(late, -hour), at(hour + 1, -hour)), "ipv4", after)).toBe(true);
  });
});

describe("when the wall clock was set forward by an hour after the change", () => {
  test("a sync after that proves it, and one before the change does not", () => {
    expect(hasSynced(told(at(soon, hour), at(soon - 1, hour)), "ipv4", changed)).toBe(true);
    expect(hasSynced(told(at(soon, hour), at(hour - 1)), "ipv4", changed)).toBe(false);
  });
});

test("any sync proves what was there before the agent looked, and none is not one", () => {
  const never = { epochMs: -Infinity, monotonicMs: -Infinity };
  expect(hasSynced(told(at(soon), at(0)), "ipv4", never)).toBe(true);
  const starting = { askedAt: at(soon), ipv4: { t: "starting" }, ipv6: { t: "untold" } } as const;
  expect([hasSynced(starting, "ipv4", never), hasSynced(starting, "ipv6", never)]).toEqual([false, false]);
});
