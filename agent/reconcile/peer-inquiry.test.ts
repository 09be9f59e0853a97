import { expect, test } from "vitest";
import { ip } from "../decide/decide.fixture.ts";
import type { EngineLink } from "../engine/contract.ts";
import { MemoryEngine } from "../engine/memory/engine.ts";
import { MemorySpeaker } from "../engine/memory/speaker.ts";
import { defaultAsn } from "../model/asn.ts";
import { wait } from "../time/clock.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { PeerInquiry } from "./peer-inquiry.ts";

/** A link to a speaker of its own that notes when it is asked, and answers after a while. */
async function noting(clock: ManualClock, asked: number[], answersAfterMs = 0): Promise<EngineLink> {
  const instance = { asn: defaultAsn, routerId: ip("192.168.1.1"), otherRouterIds: [], listenPort: 179 };
  const events = { lost: () => undefined, session: () => undefined };
  const engine = new MemoryEngine(new MemorySpeaker({ clock }));
  const link = await engine.open(instance, events, new AbortController().signal);
  const peers = async () => {
    asked.push(clock.now());
    if (answersAfterMs > 0) await wait(clock, answersAfterMs, new AbortController().signal);
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

test("a speaker that needs longer for its answer is not asked again meanwhile", async () => {
  const clock = new ManualClock();
  const inquiry = new PeerInquiry(clock);
  const asked: number[] = [];
  const link = await noting(clock, asked, 5_000);
  const first = inquiry.of(link);
  await clock.advance(4_999);
  const second = inquiry.of(link);
  await clock.advance(1);
  expect(await second).toBe(await first);
  await clock.advance(999);
  void inquiry.of(link);
  expect(asked).toEqual([0]);
  await clock.advance(1);
  void inquiry.of(link);
  expect(asked).toEqual([0, 6_000]);
});

test("an answer that fails is not asked for again at once, and then anew", async () => {
  const clock = new ManualClock();
  const inquiry = new PeerInquiry(clock);
  let asked = 0;
  const link = await noting(clock, []);
  const failing = { ...link, peers: () => Promise.reject(new Error(`no answer to ${++asked}`)) };
  await expect(inquiry.of(failing)).rejects.toThrow("no answer to 1");
  await expect(inquiry.of(failing)).rejects.toThrow("no answer to 1");
  await clock.advance(1_000);
  await expect(inquiry.of(failing)).rejects.toThrow("no answer to 2");
});
