import { describe, expect, it } from "vitest";
import { Backoff } from "./backoff.ts";
import { wait } from "./clock.ts";
import { ManualClock, settle } from "./manual-clock.ts";

describe("Backoff", () => {
  it("grows up to its limit and begins anew after a success", () => {
    const backoff = new Backoff({ initialMs: 100, maxMs: 350, random: () => 0.5 });
    expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([100, 200, 350, 350]);
    backoff.reset();
    expect(backoff.next()).toBe(100);
  });
  it("moves each delay by chance, up and down by the share given", () => {
    const draws = [0, 0.5, 1];
    const backoff = new Backoff({
      initialMs: 100,
      maxMs: 100,
      jitter: 0.5,
      random: () => draws.shift() ?? 0,
    });
    expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([50, 100, 150]);
  });
});

describe("wait", () => {
  it("ends when the time is over", async () => {
    const clock = new ManualClock();
    let over = false;
    void wait(clock, 50, new AbortController().signal).then(() => (over = true));
    await clock.advance(49);
    expect(over).toBe(false);
    await clock.advance(1);
    expect(over).toBe(true);
  });
  it("ends at once when the signal aborts, and leaves no timer", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    let over = false;
    void wait(clock, 50, controller.signal).then(() => (over = true));
    controller.abort();
    await settle();
    expect(over).toBe(true);
    expect(clock.pending).toBe(0);
    await wait(clock, 50, controller.signal);
  });
});
