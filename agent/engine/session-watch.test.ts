import { expect, test } from "vitest";
import { parseAddress } from "../model/address.ts";
import { ManualClock } from "../time/manual-clock.ts";
import type { PeerStatus } from "./contract.ts";
import { watchSessions } from "./session-watch.ts";

const address = parseAddress("192.168.1.1");
if (address === null) throw new Error("no address");
const up: PeerStatus = {
  address,
  asn: null,
  state: "established",
  establishedAtMs: 500_000,
  lastError: null,
  negotiated: null,
  advertised: { ipv4: 1 },
  accepted: {},
};

test("what changes is told once, and counters are no change", async () => {
  const clock = new ManualClock();
  const told: string[] = [];
  let now: readonly PeerStatus[] = [];
  const stop = watchSessions(
    clock,
    () => Promise.resolve(now),
    ({ state, lastError, establishedAtMs }) => told.push(`${state} ${establishedAtMs} ${lastError}`),
  );
  const see = async (...statuses: readonly PeerStatus[]) => {
    now = statuses;
    await clock.advance(1_000);
    return told.splice(0);
  };
  expect(await see()).toEqual([]);
  expect(await see(up)).toEqual(["established 500000 null"]);
  expect(await see({ ...up, establishedAtMs: 500_900, advertised: { ipv4: 2 } })).toEqual([]);
  // Lost and back between two looks.
  expect(await see({ ...up, establishedAtMs: 504_000 })).toEqual(["established 504000 null"]);
  const down = { ...up, state: "active", establishedAtMs: null, lastError: "hold timer expired" } as const;
  expect(await see(down)).toEqual(["active null hold timer expired"]);
  expect(await see()).toEqual([]);
  expect(await see(down)).toHaveLength(1);
  stop();
  expect(clock.pending).toBe(0);
});

test("a look that fails is not the last one", async () => {
  const clock = new ManualClock();
  let looks = 0;
  const told: PeerStatus[] = [];
  const stop = watchSessions(
    clock,
    () => (++looks === 1 ? Promise.reject(new Error("silent")) : Promise.resolve([up])),
    (status) => told.push(status),
  );
  await clock.advance(2_000);
  expect(told).toEqual([up]);
  stop();
});
