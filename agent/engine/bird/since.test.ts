import { describe, expect, test } from "vitest";
import { Stamps } from "./since.ts";

const nowMs = Date.parse("2026-11-21T16:41:18.900Z");
/** Of a BIRD that lives one hour further east. */
const serverTime = "2026-11-21 17:41:18.900";
const read = (text: string) => new Stamps().read("a", text, serverTime, nowMs);

describe("when a session came up", () => {
  test.each([
    ["17:41:15.430", "2026-11-21T16:41:15.430Z"],
    ["17:41:15", "2026-11-21T16:41:15.000Z"],
    ["21:30:00.001", "2026-11-20T20:30:00.001Z"],
    ["2026-11-19 01:02:03", "2026-11-19T00:02:03.000Z"],
    ["2026-11-21 17:00:00.123", "2026-11-21T16:00:00.123Z"],
  ])("BIRD's %s is %s", (text, expected) => {
    expect(read(text)).toBe(Date.parse(expected));
  });

  test.each(["2026-11-19", "", "Thu Nov 19", "17h"])("%j tells it not finely enough", (text) => {
    expect(read(text)).toBeNull();
  });

  test("what was told finely stays, though BIRD writes it shorter as it ages", () => {
    const stamps = new Stamps();
    const ms = stamps.read("a", "17:41:15.430", serverTime, nowMs);
    expect(stamps.read("a", "17:41:15.430", "2026-11-22 02:00:00", nowMs + 4e7)).toBe(ms);
    expect(stamps.read("a", "2026-11-21", "2026-11-23 09:00:00", nowMs + 2e8)).toBe(ms);
    stamps.forget("a");
    expect(stamps.read("a", "2026-11-21", "2026-11-23 09:00:00", nowMs + 2e8)).toBeNull();
  });

  test("a clock that BIRD writes in a way of its own tells nothing", () => {
    expect(new Stamps().read("a", "17:41:15", "21.11.2026", nowMs)).toBeNull();
  });
});
