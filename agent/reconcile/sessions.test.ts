// What is remembered of a session between the words of the speaker.
import { beforeEach, describe, expect, it } from "vitest";
import type { PeerStatus } from "../engine/contract.ts";
import { defaultAsn } from "../model/asn.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { tor } from "./loop.fixture.ts";
import { Sessions } from "./sessions.ts";

const start = 1_000_000;
let clock: ManualClock;
let sessions: Sessions;

beforeEach(() => {
  clock = new ManualClock(start);
  sessions = new Sessions(clock);
});

function told(state: PeerStatus["state"], more: Partial<PeerStatus> = {}): PeerStatus {
  const nothing = { establishedAtMs: null, lastError: null, negotiated: null, advertised: {}, accepted: {} };
  return { address: tor, asn: defaultAsn, state, ...nothing, ...more };
}

describe("since when a session is in its state", () => {
  it("is the moment of the first word of that state", async () => {
    sessions.note(told("active"));
    await clock.advance(5_000);
    sessions.note(told("active"));
    expect(sessions.get(tor)).toMatchObject({ sinceMs: start });
  });

  it("is what the speaker says, where it stamps an established session", () => {
    sessions.note(told("established", { establishedAtMs: 42_000 }));
    expect(sessions.get(tor)).toMatchObject({ sinceMs: 42_000 });
  });
});

describe("a drop", () => {
  it("is counted with its moment and the speaker's reason", async () => {
    sessions.note(told("established"));
    await clock.advance(60_000);
    sessions.note(told("idle", { lastError: "hold timer expired" }));
    const lastDrop = { atMs: start + 60_000, reason: "hold timer expired" };
    expect(sessions.get(tor)).toMatchObject({ drops: 1, lastDrop });
  });

  it("gets its reason later when the speaker says it later, and keeps it", () => {
    sessions.note(told("established"));
    sessions.note(told("idle"));
    sessions.note(told("active", { lastError: "NOTIFICATION received" }));
    sessions.note(told("active", { lastError: "connection refused" }));
    expect(sessions.get(tor)?.lastDrop?.reason).toBe("NOTIFICATION received");
  });

  it("is none when a session that never stood changes its state", () => {
    sessions.note(told("active"));
    sessions.note(told("idle"));
    expect(sessions.get(tor)).toMatchObject({ drops: 0, lastDrop: null });
  });
});

describe("a speaker out of reach", () => {
  it("leaves nothing known of the state, and no drop by itself", () => {
    sessions.note(told("established", { establishedAtMs: 42_000 }));
    sessions.speakerLost();
    expect(sessions.get(tor)).toMatchObject({ status: null, sinceMs: null, drops: 0 });
  });

  it.each([
    ["stood through it, by its stamp", { establishedAtMs: 42_250 }, 0],
    ["is another one, by its stamp", { establishedAtMs: 99_000 }, 1],
  ])("tells afterwards whether a session %s", (_what, more, drops) => {
    sessions.note(told("established", { establishedAtMs: 42_000 }));
    sessions.speakerLost();
    sessions.note(told("established", more));
    expect(sessions.get(tor)).toMatchObject({ drops });
  });

  it("tells afterwards that a session is down", () => {
    sessions.note(told("established"));
    sessions.speakerLost();
    sessions.note(told("active"));
    expect(sessions.get(tor)).toMatchObject({ drops: 1 });
  });
});
