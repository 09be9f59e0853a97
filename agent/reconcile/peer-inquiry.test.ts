import { expect, test } from "vitest";
import { ip } from "../decide/decide.fixture.ts";
import type { EngineLink } from "../engine/contract.ts";
import { MemoryEngine } from "../engine/memory/engine.ts";
import { MemorySpeaker } from "../engine/memory/speaker.ts";
import { defaultAsn } from "../model/asn.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { PeerInquiry } from "./peer-inquiry.ts";

/** A link to a speaker of its own that notes when it is asked. */
async function noting(clock: ManualClock, asked: number[]): Promise<EngineLink> {
  const instance = { asn: defaultAsn, routerId: ip("192.168.1.1"), otherRouterIds: [], listenPort: 179 };
  const events = { lost: () => undefined, session: () => undefined };
  const engine = new MemoryEngine(new MemorySpeaker({ clock }));
  const link = await engine.open(instance, events, new AbortController().signal);
  const peers = () => {
    asked.push(clock.now());
    return link.peers();
  };
  return { ...link, peers };
}

test("the speaker is asked for its sessions once a second, and another one at once", async () => {
  const clock = new ManualClock();
  const inquiry = new PeerInquiry(clock);
  const [first, second]: [number[], number[]] = [[], []];
  const [link, other] = [await noting(clock, first), await noting(clock, second)];
  await inquiry.of(link);
  await clock.advance(999);
  await inquiry.of(link);
  expect(first).toEqual([0]);
  await clock.advance(1);
  await inquiry.of(link);
  await inquiry.of(other);
  expect([first, second]).toEqual([[0, 1_000], [1_000]]);
});
