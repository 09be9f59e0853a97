import { describe, expect, test } from "vitest";
import type { SyncAnswer } from "../model/dataplane.ts";
import { objectKey } from "../model/service.ts";
import { ahead } from "./dataplane-evidence.ts";
import type { Moment, Told } from "./dataplane-evidence.ts";
import { DataplaneGate } from "./dataplane-gate.ts";
import type { DueOrHeld } from "./dataplane-gate.ts";
import type { Waiting } from "./dataplane-entries.ts";
import type { Asking } from "./dataplane.ts";
import { ip } from "./decide.fixture.ts";

const web = objectKey("default", "web");
const v4 = ip("10.49.0.1");
const v6 = ip("fd00:10:49::1");
const maxWaitMs = 10_000;
/** The clocks tell different times; 0 is when the agent began to look. */
const epoch = 1_800_000_000_000;
const healthCheck: Asking = { t: "healthCheck", port: 30_001 };

function at(ms: number): Moment {
  return { epochMs: epoch + ms, monotonicMs: ms };
}

/** What kube-proxy says at a time: when it synced IPv4 last, and IPv6. */
function synced(askedMs: number, ipv4: number | SyncAnswer["t"], ipv6 = ipv4): Told {
  const answer = (what: number | SyncAnswer["t"]): SyncAnswer =>
    typeof what === "number"
      ? { t: "at", ms: epoch + what }
      : what === "untold"
        ? { t: what }
        : { t: "starting" };
  return { askedAt: at(askedMs), ipv4: answer(ipv4), ipv6: answer(ipv6) };
}

function due(address = v4, more: Partial<DueOrHeld> = {}): DueOrHeld {
  return { address, asking: { t: "sync" }, held: false, ...more };
}

/** The speaker holds nothing, and kube-proxy synced last at 0. */
function openGate(): DataplaneGate {
  const gate = new DataplaneGate(maxWaitMs);
  gate.open(() => false, at(0));
  gate.answered(synced(0, 0), at(0));
  return gate;
}

/** The endpoints of web change at a time, and the route becomes due. */
function begin(gate: DataplaneGate, ms: number, ...addresses: readonly DueOrHeld[]): void {
  gate.changed(web, "endpoints", at(ms));
  gate.follow(web, addresses.length === 0 ? [due()] : addresses, at(ms));
}

function onlyWaiting(gate: DataplaneGate): Waiting {
  const [waiting, ...others] = gate.waiting;
  if (waiting === undefined || others.length > 0) throw new Error(`${others.length + 1} addresses wait`);
  return waiting;
}

describe("N8: held until the proxy answers", () => {
  test("a route waits from the change on, and is held as long as kube-proxy has not synced since", () => {
    const gate = openGate();
    begin(gate, 100);
    expect(gate.serves(web, v4)).toBe(false);
    expect(gate.answered(synced(110, 100), at(111))).toEqual([]);
    expect(gate.serves(web, v4)).toBe(false);
    expect(gate.standing(web, v4)).toEqual({
      t: "waiting",
      asking: { t: "sync" },
      changedAtMs: epoch + 100,
      beganMs: epoch + 100,
      untilMs: epoch + 100 + maxWaitMs,
    });
  });

  test("no answer, and a proxy that is starting, prove nothing", () => {
    const gate = new DataplaneGate(maxWaitMs);
    gate.open(() => false, at(0));
    expect(gate.follow(web, [due()], at(0))).toMatchObject({ opened: false, ask: true });
    expect(gate.answered(synced(5, "starting"), at(6))).toEqual([]);
    expect(gate.serves(web, v4)).toBe(false);
  });

  test("a sync of the other family is none of this one", () => {
    const gate = openGate();
    begin(gate, 100, due(v4), due(v6));
    expect(gate.answered(synced(200, 0, 150), at(201)).map(({ waiting }) => waiting.address)).toEqual([v6]);
    expect([gate.serves(web, v4), gate.serves(web, v6)]).toEqual([false, true]);
  });

  test("a health check node port alone does not do when the service has got its address since the last sync", () => {
    const gate = openGate();
    gate.changed(web, "endpoints", at(100));
    gate.changed(web, "service", at(200));
    gate.follow(web, [due(v4, { asking: healthCheck })], at(200));
    expect(gate.answered(synced(210, 150), at(211))).toEqual([]);
    expect(gate.checked(onlyWaiting(gate), at(212))).toEqual([]);
    gate.answered(synced(290, 280), at(291));
    expect(gate.serves(web, v4)).toBe(false);
    expect(gate.checked(onlyWaiting(gate), at(300))).toMatchObject([{ how: "confirmed" }]);
  });

  test("the answer of a port to a wait that is over counts for nothing", () => {
    const gate = openGate();
    begin(gate, 100, due(v4, { asking: healthCheck }));
    const old = onlyWaiting(gate);
    gate.follow(web, [], at(150));
    begin(gate, 200, due(v4, { asking: healthCheck }));
    expect(gate.checked(old, at(210))).toEqual([]);
    expect(gate.serves(web, v4)).toBe(false);
  });
});

describe("N8: announced when it does", () => {
  test("with the first sync after the change", () => {
    const gate = openGate();
    begin(gate, 100);
    expect(gate.answered(synced(160, 150), at(161))).toMatchObject([
      { how: "confirmed", waiting: { service: web } },
    ]);
    expect(gate.serves(web, v4)).toBe(true);
    expect(gate.standing(web, v4)).toEqual({ t: "passed", how: "confirmed", atMs: epoch + 161 });
    expect(gate.waiting).toEqual([]);
  });

  test("with the health check node port, when only endpoints have changed since the last sync", () => {
    const gate = openGate();
    gate.changed(web, "service", at(-50));
    begin(gate, 100, due(v4, { asking: healthCheck }));
    expect(gate.checked(onlyWaiting(gate), at(120))).toMatchObject([{ how: "confirmed" }]);
  });

  test("what changes while it waits is not waited for as well", () => {
    const gate = openGate();
    begin(gate, 100);
    begin(gate, 180);
    expect(gate.answered(synced(190, 150), at(191))).toHaveLength(1);
    begin(gate, 300);
    expect(gate.serves(web, v4)).toBe(true);
  });

  test("at once when the last sync known is after the change: a label removed needs no sync of its own", () => {
    const gate = openGate();
    begin(gate, 100);
    gate.follow(web, [], at(120));
    gate.answered(synced(200, 150), at(201));
    expect(gate.follow(web, [due()], at(5_000))).toMatchObject({ opened: true, ask: false });
    expect(gate.serves(web, v4)).toBe(true);
  });

  test("what was there before the agent looked needs any sync, and no health check node port", () => {
    const gate = openGate();
    expect(gate.follow(web, [due(v4, { asking: healthCheck })], at(10)).opened).toBe(true);
  });

  test("a proxy that does not tell when it synced is not waited for, and asked again", () => {
    const gate = openGate();
    begin(gate, 100);
    expect(gate.answered(synced(110, "untold"), at(111))).toMatchObject([{ how: "untold" }]);
    gate.follow(web, [], at(120));
    gate.changed(web, "endpoints", at(200));
    expect(gate.follow(web, [due()], at(200))).toMatchObject({ opened: true, ask: true });
  });

  test("a sync shortly before the change does when no other follows: the proxy heard of it first", () => {
    const gate = openGate();
    gate.answered(synced(90, 80), at(91));
    begin(gate, 100);
    expect(gate.answered(synced(100 + ahead.quietMs - 1, 80), at(3_200))).toEqual([]);
    expect(gate.answered(synced(100 + ahead.quietMs, 80), at(3_300))).toHaveLength(1);
  });

  test("a sync long before the change does not", () => {
    const gate = openGate();
    begin(gate, ahead.leadMs);
    expect(gate.answered(synced(ahead.leadMs + 9_000, 0), at(ahead.leadMs + 9_001))).toEqual([]);
  });

  test("a route that is due no more is forgotten, and waits when it is due again", () => {
    const gate = openGate();
    begin(gate, 100);
    gate.answered(synced(160, 150), at(161));
    gate.follow(web, [], at(200));
    begin(gate, 300);
    expect(gate.serves(web, v4)).toBe(false);
    gate.forget(web);
    expect(gate.deadlineMs).toBeNull();
    expect(gate.follow(web, [due()], at(400)).opened).toBe(true);
  });
});

describe("N8: announced after the maximum wait", () => {
  test("each route after its own, and overdue until the proxy has synced", () => {
    const gate = openGate();
    begin(gate, 6_100);
    const api = objectKey("default", "api");
    gate.changed(api, "endpoints", at(6_600));
    gate.follow(api, [due(ip("10.49.0.2"))], at(6_600));
    expect(gate.deadlineMs).toBe(6_100 + maxWaitMs);
    expect(gate.expire(at(6_099 + maxWaitMs))).toEqual([]);
    expect(gate.expire(at(6_100 + maxWaitMs))).toMatchObject([{ how: "overdue", waiting: { service: web } }]);
    expect([gate.serves(web, v4), gate.serves(api, ip("10.49.0.2"))]).toEqual([true, false]);
    expect(gate.overdue).toMatchObject([{ service: web, address: v4 }]);
    expect(gate.silent).toBe(false);
    gate.answered(synced(17_000, 50), at(17_001));
    expect(gate.overdue).toHaveLength(1);
    gate.answered(synced(18_000, 17_500), at(18_001));
    expect(gate.overdue).toEqual([]);
    expect(gate.serves(web, v4)).toBe(true);
  });

  test("what is overdue and goes is spoken of no more", () => {
    const gate = openGate();
    begin(gate, 100);
    gate.expire(at(100 + maxWaitMs));
    gate.follow(web, [], at(11_000));
    expect(gate.overdue).toEqual([]);
  });
});

describe("N8: gate off when nothing ever listened", () => {
  function silentGate(): DataplaneGate {
    const gate = new DataplaneGate(maxWaitMs);
    gate.open(() => false, at(0));
    gate.follow(web, [due()], at(0));
    gate.follow(objectKey("default", "api"), [due(ip("10.49.0.2"))], at(9_000));
    expect(gate.expire(at(maxWaitMs)).map(({ how }) => how)).toEqual(["silent", "silent"]);
    return gate;
  }

  test("everything is let go, and nothing waits any more", () => {
    const gate = silentGate();
    expect([gate.silent, gate.waiting.length, gate.overdue.length]).toEqual([true, 0, 0]);
    const next = objectKey("default", "next");
    expect(gate.follow(next, [due(ip("10.49.0.3"))], at(20_000))).toMatchObject({ opened: true, ask: true });
  });

  test("when something answers later the gate is on again, and takes nothing back", () => {
    const gate = silentGate();
    gate.answered(synced(20_000, "starting"), at(20_001));
    expect([gate.silent, gate.serves(web, v4)]).toEqual([false, true]);
    const next = objectKey("default", "next");
    expect(gate.follow(next, [due(ip("10.49.0.3"))], at(21_000)).opened).toBe(false);
  });
});

describe("N8: what the speaker holds is never held back", () => {
  test("before it is known what the speaker holds nothing is refused, waits or runs out", () => {
    const gate = new DataplaneGate(maxWaitMs);
    gate.follow(web, [due()], at(0));
    expect(gate.serves(web, v4)).toBe(true);
    expect([gate.waiting, gate.deadlineMs, gate.expire(at(60_000))]).toEqual([[], null, []]);
  });

  test("what it holds passes, the rest begins to wait", () => {
    const gate = new DataplaneGate(maxWaitMs);
    gate.follow(web, [due(v4), due(v6)], at(0));
    expect([...gate.open((address) => address === v4, at(60_000))]).toEqual([web]);
    expect([gate.serves(web, v4), gate.serves(web, v6)]).toEqual([true, false]);
    expect(gate.standing(web, v4)).toMatchObject({ t: "passed", how: "held" });
    expect(gate.deadlineMs).toBe(60_000 + maxWaitMs);
  });

  test("a service that takes over an address that is announced does not wait", () => {
    const gate = openGate();
    gate.changed(web, "service", at(100));
    expect(gate.follow(web, [due(v4, { held: true })], at(100)).opened).toBe(true);
  });

  test("a service that waits for an address passes with another that is announced on it, and only then", () => {
    const gate = openGate();
    const api = objectKey("default", "api");
    gate.changed(web, "service", at(100));
    expect(gate.follow(web, [due()], at(100)).released).toEqual([]);
    expect(gate.follow(api, [due()], at(200))).toMatchObject({
      opened: true,
      released: [{ how: "held", waiting: { service: web, address: v4 } }],
    });
    expect([gate.serves(web, v4), gate.anyWaiting]).toEqual([true, false]);
  });

  test("a service that begins to ask for what is announced for another does not wait, though the speaker is away", () => {
    const gate = openGate();
    gate.follow(web, [due()], at(100));
    const api = objectKey("default", "api");
    gate.changed(api, "service", at(200));
    gate.follow(api, [due()], at(200));
    gate.forget(web);
    expect(gate.serves(api, v4)).toBe(true);
  });

  test("those who wait for one address pass together, whoever the proxy has confirmed", () => {
    const gate = openGate();
    begin(gate, 100);
    const api = objectKey("default", "api");
    gate.changed(api, "service", at(300));
    gate.follow(api, [due()], at(300));
    const released = gate.answered(synced(210, 200), at(211));
    expect(released.map(({ waiting, how }) => `${waiting.service} ${how}`)).toEqual([
      "default/web confirmed",
      "default/api held",
    ]);
  });

  test("a speaker opened anew, empty or not, changes nothing for what was announced", () => {
    const gate = openGate();
    begin(gate, 100);
    gate.answered(synced(160, 150), at(161));
    expect(gate.open(() => false, at(1_000))).toEqual(new Set());
    expect(gate.serves(web, v4)).toBe(true);
  });

  test("one that waits goes on waiting when the speaker is opened anew", () => {
    const gate = openGate();
    begin(gate, 100);
    gate.open(() => false, at(5_000));
    expect(gate.deadlineMs).toBe(100 + maxWaitMs);
  });
});

test("what is asked follows the service while it waits", () => {
  const gate = openGate();
  begin(gate, 100, due(v4, { asking: healthCheck }));
  gate.follow(web, [due()], at(150));
  expect(onlyWaiting(gate)).toMatchObject({ asking: { t: "sync" }, began: at(100) });
});
