import { describe, expect, it } from "vitest";
import type { Log } from "../model/log.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { WatchHealth } from "./health.ts";

function watched() {
  const lines: string[] = [];
  const write = (level: string) => (_fields: object, message: string) => lines.push(`${level} ${message}`);
  const log: Log = {
    debug: () => undefined,
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  const clock = new ManualClock(1_000_000);
  const counter = { event: () => undefined, relist: () => undefined };
  return { clock, lines, health: new WatchHealth(clock, log, counter) };
}

const gone = new Error("cannot watch Service: gone");

describe("the age of the picture", () => {
  it("grows from the start until contact is made, and again from the failure on", async () => {
    const { clock, health } = watched();
    await clock.advance(3_000);
    expect(health.staleSeconds("Service")).toBe(3);
    health.contact("Service");
    expect(health.staleSeconds("Service")).toBe(0);
    health.event("Service", "bookmark");
    await clock.advance(60_000);
    health.failure("Service", gone);
    await clock.advance(5_000);
    expect(health.staleSeconds("Service")).toBe(5);
    expect(health.error("Service")).toBe(gone.message);
  });
  it("counts an outage through contacts that did not last", async () => {
    const { clock, health } = watched();
    health.event("Service", "added");
    for (let round = 0; round < 5; round++) {
      health.failure("Service", gone);
      await clock.advance(1_000);
      health.contact("Service");
      await clock.advance(1_000);
    }
    health.failure("Service", gone);
    expect(health.staleSeconds("Service")).toBe(10);
  });
});

describe("the log", () => {
  it("tells an outage once, and its end once contact has lasted", async () => {
    const { clock, health, lines } = watched();
    health.event("Service", "added");
    for (let round = 0; round < 50; round++) {
      health.failure("Service", gone);
      health.contact("Service");
      await clock.advance(1_000);
    }
    expect(lines).toEqual(["warn cannot watch Service: gone; what was seen so far stays, trying again"]);
    await clock.advance(10_000);
    health.contact("Service");
    health.contact("Service");
    expect(lines.slice(1)).toEqual(["info watching Service again"]);
  });
  it("tells another failure of the same outage", () => {
    const { health, lines } = watched();
    health.failure("Node", gone);
    health.failure("Node", new Error("cannot watch Node: forbidden"));
    expect(lines).toHaveLength(2);
  });
});
