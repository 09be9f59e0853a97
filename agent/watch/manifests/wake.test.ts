import { beforeEach, expect, test } from "vitest";
import { ManualClock } from "../../time/manual-clock.ts";
import { Wake } from "./wake.ts";

let clock: ManualClock;
let wake: Wake;
const idle = new AbortController().signal;
beforeEach(() => {
  clock = new ManualClock();
  wake = new Wake(clock, { pollMs: 2000, settleMs: 10 });
});

/** The time at which the next look is due, and what was edited. */
async function nextLook(
  unsettled = false,
  signal = idle,
): Promise<() => { atMs: number; touched: string[] } | null> {
  let look: { atMs: number; touched: string[] } | null = null;
  void wake.next(unsettled, signal).then((touched) => (look = { atMs: clock.now(), touched: [...touched] }));
  await clock.advance(0);
  return () => look;
}

test("without an edit the directory is looked at every now and then", async () => {
  const look = await nextLook();
  await clock.advance(1999);
  expect(look()).toBeNull();
  await clock.advance(1);
  expect(look()).toEqual({ atMs: 2000, touched: [] });
});

test("an edit is read once it has been quiet for a moment", async () => {
  const look = await nextLook();
  wake.touch("a.yaml");
  await clock.advance(9);
  wake.touch("b.yaml");
  await clock.advance(9);
  expect(look()).toBeNull();
  await clock.advance(1);
  expect(look()).toEqual({ atMs: 19, touched: ["a.yaml", "b.yaml"] });
});

test("edits without end do not put off the look for ever", async () => {
  const look = await nextLook();
  for (let step = 0; step < 100 && look() === null; step += 1) {
    wake.touch("a.yaml");
    await clock.advance(5);
  }
  expect(look()?.atMs).toBeLessThanOrEqual(200);
});

test("an edit during a look brings the next one", async () => {
  wake.touch("a.yaml");
  const look = await nextLook();
  await clock.advance(10);
  expect(look()).toEqual({ atMs: 10, touched: ["a.yaml"] });
});

test("a file that seems to be half written is looked at again soon", async () => {
  const look = await nextLook(true);
  await clock.advance(100);
  expect(look()).toEqual({ atMs: 100, touched: [] });
});

test("an abort ends the wait at once and leaves no timer behind", async () => {
  const abort = new AbortController();
  const look = await nextLook(false, abort.signal);
  abort.abort();
  await clock.advance(0);
  expect(look()).not.toBeNull();
  expect(clock.pending).toBe(0);
});
