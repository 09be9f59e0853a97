import { describe, expect, it } from "vitest";
import { address, asn } from "../../../test/integration/engine/conformance/trial.ts";
import { ManualClock } from "../../time/manual-clock.ts";
import { EngineError } from "../contract.ts";
import type { PeerStatus } from "../contract.ts";
import { LossReasons } from "./loss-reasons.ts";

const up: PeerStatus = {
  address: address("192.0.2.1"),
  asn: asn(65001),
  state: "established",
  establishedAtMs: 1,
  lastError: null,
  negotiated: null,
  advertised: {},
  accepted: {},
};
const down: PeerStatus = { ...up, state: "idle", establishedAtMs: null };

/** A gobgpd that answers this, question by question. */
function world(...answers: readonly (string | null | EngineError)[]) {
  const clock = new ManualClock();
  const told: PeerStatus[] = [];
  let asked = 0;
  const ask = () => {
    const answer = answers[asked++] ?? null;
    return answer instanceof EngineError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const reasons = new LossReasons(clock, ask, (status) => told.push(status));
  return { clock, told, reasons, asked: () => asked };
}

describe("why a session was lost", () => {
  it.each<readonly [string, readonly (string | null | EngineError)[]]>([
    ["at once", ["reset"]],
    ["later", [null, null, "reset"]],
    ["after an answer that failed", [new EngineError("timeout", "?"), "reset"]],
  ])("is told once it is known: %s", async (_, answers) => {
    const { clock, told, reasons } = world(...answers);
    for (const status of [up, down]) reasons.note(status);
    const trying: PeerStatus = { ...down, state: "active" };
    reasons.note(trying);
    await clock.advance(60_000);
    expect(told).toEqual([{ ...trying, lastError: "reset" }]);
    expect(clock.pending).toBe(0);
  });

  it.each<readonly [string, readonly PeerStatus[]]>([
    ["of one that never stood", [down, { ...down, state: "active" }]],
    ["of one that is up again", [up, down, up]],
    ["of one of which the event says it", [up, { ...down, lastError: "hold timer expired" }]],
  ])("is not asked for %s", async (_, events) => {
    const { clock, told, reasons, asked } = world("reset");
    for (const status of events) reasons.note(status);
    await clock.advance(60_000);
    expect([told, asked()]).toEqual([[], 0]);
  });

  it("is not asked for ever, and not after the link has ended", async () => {
    const { clock, told, reasons, asked } = world();
    for (const status of [up, down]) reasons.note(status);
    await clock.advance(60_000);
    expect(asked()).toBe(3);
    for (const status of [up, down]) reasons.note(status);
    reasons.stop();
    await clock.advance(60_000);
    expect([told, asked(), clock.pending]).toEqual([[], 3, 0]);
  });
});
