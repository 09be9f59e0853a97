import { expect, test } from "vitest";
import { Pacer } from "./pacer.ts";
import type { Pace } from "./state.ts";

const middle = () => 0.5;
const delays = (pacer: Pacer, pace: Pace, count: number) =>
  Array.from({ length: count }, () => Math.round(pacer.delayMs(pace)));

test("answers that refuse are asked for less and less often, up to every 30 s", () => {
  const pacer = new Pacer(middle);
  expect(delays(pacer, { t: "backoff" }, 8)).toEqual([800, 1600, 3200, 6400, 12800, 25600, 30000, 30000]);
  pacer.progressed();
  expect(delays(pacer, { t: "backoff" }, 1)).toEqual([800]);
});

test("a server that is away is tried at least every 2 s, so that its return is seen within 3", () => {
  const pacer = new Pacer(middle);
  expect(delays(pacer, { t: "reconnect" }, 4)).toEqual([800, 1600, 2000, 2000]);
  pacer.answered();
  expect(delays(pacer, { t: "reconnect" }, 1)).toEqual([800]);
  const unlucky = new Pacer(() => 0.999);
  expect(Math.max(...delays(unlucky, { t: "reconnect" }, 50))).toBeLessThanOrEqual(2400);
});

test("a server that breaks after it has answered is asked for less and less often", () => {
  const pacer = new Pacer(middle);
  const broken = () => {
    pacer.answered();
    return delays(pacer, { t: "reconnect" }, 1)[0];
  };
  expect([broken(), broken(), broken(), broken()]).toEqual([800, 1600, 3200, 6400]);
  pacer.progressed();
  expect(broken()).toBe(800);
});

test("a pause the server asks for is never cut short", () => {
  expect(new Pacer(() => 0).delayMs({ t: "told", ms: 5000 })).toBe(5000);
  expect(new Pacer(() => 0.999).delayMs({ t: "told", ms: 5000 })).toBeLessThanOrEqual(6000);
});

test("a missing CRD is looked for every few seconds", () => {
  const pacer = new Pacer(middle);
  expect([1, 2, 3, 4, 5].map(() => pacer.absentMs())).toEqual([1000, 2000, 4000, 5000, 5000]);
  pacer.served();
  expect(pacer.absentMs()).toBe(1000);
});
