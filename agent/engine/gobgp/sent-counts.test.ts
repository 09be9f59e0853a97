import { describe, expect, it } from "vitest";
import { address, asn } from "../../../test/integration/engine/conformance/trial.ts";
import type { Address } from "../../model/address.ts";
import { ManualClock } from "../../time/manual-clock.ts";
import { EngineError } from "../contract.ts";
import type { PeerStatus } from "../contract.ts";
import { SentCounts } from "./sent-counts.ts";

const addresses = Array.from({ length: 64 }, (_, index) => address(`192.0.2.${index + 1}`));
const [first] = addresses;
if (first === undefined) throw new Error("there are 64");

function status(of: Address, over: Partial<PeerStatus> = {}): PeerStatus {
  const plain = { asn: asn(65001), lastError: null, negotiated: null, advertised: { ipv4: 0 }, accepted: {} };
  return { ...plain, address: of, state: "established", establishedAtMs: 1, ...over };
}

/** A gobgpd that needs so long for each, and how many routes it has sent. */
function world(eachMs: number) {
  const clock = new ManualClock();
  const asked: Address[] = [];
  const sent = { routes: 10, error: null as EngineError | null };
  const counts = new SentCounts(clock, (of) => {
    asked.push(of);
    const { routes, error } = sent;
    return new Promise((resolve, reject) => {
      if (error !== null) reject(error);
      else if (eachMs === 0) resolve({ ipv4: routes });
      else clock.schedule(eachMs, () => resolve({ ipv4: routes }));
    });
  });
  return { clock, asked, sent, counts };
}

describe("how many routes each neighbour was sent", () => {
  it("is told as it is now where that takes no time", async () => {
    const { counts, sent, clock } = world(0);
    const ask = async () =>
      (await counts.complete(addresses.map((of) => status(of)))).map((each) => each.advertised);
    expect(new Set((await ask()).map((each) => each.ipv4))).toEqual(new Set([10]));
    sent.routes = 11;
    expect(new Set((await ask()).map((each) => each.ipv4))).toEqual(new Set([11]));
    expect(clock.pending).toBe(0);
  });

  it("is not waited for longer than a moment, nor told before it is known, and counted with pauses", async () => {
    const { counts, clock, asked } = world(30);
    const known = async () => {
      const asking = counts.complete(addresses.map((of) => status(of)));
      await clock.advance(200);
      return (await asking).filter(({ advertised }) => advertised.ipv4 === 10).length;
    };
    expect(await known()).toBe(6);
    // One count of 30 ms in 300 ms, whoever asks meanwhile.
    await clock.advance(3_800);
    expect(asked.length).toBeLessThanOrEqual(21);
    expect(await known()).toBeGreaterThan(10);
    await clock.advance(26_000);
    expect(asked).toHaveLength(64);
    expect(await known()).toBe(64);
    counts.stop();
    await clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });

  it("is none of another session with the neighbour, nor of one that is down", async () => {
    const { counts, sent } = world(0);
    await counts.complete([status(first)]);
    sent.error = new EngineError("refused", "not now");
    const told = async (over: Partial<PeerStatus>) =>
      (await counts.complete([status(first, over)]))[0]?.advertised;
    expect(await told({})).toEqual({ ipv4: 10 });
    expect(await told({ establishedAtMs: 2 })).toEqual({});
    expect(await told({ state: "active", establishedAtMs: null })).toEqual({ ipv4: 0 });
    expect(await told({})).toEqual({});
  });
});
