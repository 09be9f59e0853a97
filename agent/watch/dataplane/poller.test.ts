import { expect, test } from "vitest";
import { ManualClock } from "../../time/manual-clock.ts";
import { Poller } from "./poller.ts";
import type { Pace } from "./poller.ts";

interface Bench {
  readonly clock: ManualClock;
  readonly poller: Poller;
  /** When each turn began. */
  readonly turns: number[];
}

function bench(pace: Pace, work: () => Promise<void> = () => Promise.resolve()): Bench {
  const clock = new ManualClock();
  const turns: number[] = [];
  const poller = new Poller({
    clock,
    random: () => 0.5,
    work: () => {
      turns.push(clock.now());
      return work();
    },
    pace: () => pace,
  });
  return { clock, poller, turns };
}

test("one turn is taken when asked, and nothing runs afterwards", async () => {
  const { clock, poller, turns } = bench("none");
  await clock.advance(1_000);
  expect(turns).toEqual([]);
  poller.ask();
  await clock.advance(1_000);
  expect([turns, clock.pending]).toEqual([[1_000], 0]);
});

test("turns follow at growing intervals while something waits", async () => {
  const { clock, poller, turns } = bench("fast");
  poller.ask();
  await clock.advance(1_200);
  expect(turns).toEqual([0, 10, 30, 70, 150, 310, 560, 810, 1_060]);
});

test("who asks anew wakes it at once, and intervals are short again", async () => {
  const { clock, poller, turns } = bench("fast");
  poller.ask();
  await clock.advance(900);
  poller.ask();
  await clock.advance(40);
  expect(turns.slice(-3)).toEqual([900, 910, 930]);
});

test("however often one asks, a turn comes 10 ms after the last one at the soonest", async () => {
  const { clock, poller, turns } = bench("none");
  for (let ms = 0; ms < 30; ms++) {
    poller.ask();
    await clock.advance(1);
  }
  expect(turns).toEqual([0, 10, 20, 30]);
});

test("asked during a turn, it takes another", async () => {
  let finish = (): void => undefined;
  const { clock, poller, turns } = bench("none", () => new Promise((resolve) => void (finish = resolve)));
  poller.ask();
  await clock.advance(5);
  poller.ask();
  finish();
  await clock.advance(20);
  expect(turns).toEqual([0, 15]);
});

test("what is of use only goes slowly", async () => {
  const { clock, poller, turns } = bench("slow");
  poller.ask();
  await clock.advance(25_000);
  expect(turns).toEqual([0, 10_000, 20_000]);
});

test("stopped, it takes no turn and keeps no timer", async () => {
  const { clock, poller, turns } = bench("fast");
  poller.ask();
  await clock.advance(100);
  poller.stop();
  await clock.advance(1_000);
  expect([turns.length, clock.pending]).toEqual([4, 0]);
});
