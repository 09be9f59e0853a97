import { beforeEach, expect, test } from "vitest";
import { address } from "../../../test/integration/engine/conformance/trial.ts";
import type { Address } from "../../model/address.ts";
import { ManualClock } from "../../time/manual-clock.ts";
import { OrderlyRestart } from "./orderly-restart.ts";

const [a, b, c, d, e] = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"].map(address);
if (!a || !b || !c || !d || !e) throw new Error("five neighbours");

let clock = new ManualClock();
const up = new Set<Address>();
let restart = new OrderlyRestart(() => Promise.resolve(false), clock);

beforeEach(() => {
  clock = new ManualClock();
  up.clear();
  restart = new OrderlyRestart((neighbour) => Promise.resolve(up.has(neighbour)), clock);
});

/** After how many ms the neighbour may be added. */
async function waitOf(neighbour: Address): Promise<number> {
  const began = clock.now();
  const turn = { come: false };
  void restart.next(neighbour).then(() => {
    turn.come = true;
  });
  await clock.advance(0);
  while (!turn.come) await clock.advance(10);
  return clock.now() - began;
}

test("the first neighbour waits for nobody, the next until that one is up", async () => {
  expect(await waitOf(a)).toBe(0);
  clock.schedule(1_000, () => up.add(a));
  const waited = await waitOf(b);
  expect(waited).toBeGreaterThanOrEqual(1_000);
  expect(waited).toBeLessThan(1_100);
});

test("one that does not come is waited for 2 s, all of them together 6 s", async () => {
  const waits: number[] = [];
  for (const neighbour of [a, b, c, d, e]) waits.push(await waitOf(neighbour));
  expect(waits).toEqual([0, 2_000, 2_000, 2_000, 0]);
});
