import { describe, expect, test } from "vitest";
import type { Peer } from "../model/peer.ts";
import { plainSession } from "../model/peer.ts";
import { plainOptions } from "./make-peer.ts";
import { problemLines, resolve } from "./resolve.fixture.ts";
import type { Resolved } from "./resolve.ts";

const good = { peerIP: "192.168.1.1", asNumber: 65001 };
const plain = {
  sourceAddress: "192.168.1.10",
  holdTimeSeconds: 9,
  keepaliveSeconds: 3,
  localAsn: 64512,
  ttlSecurityHops: null,
};

/** Resolves the object `tor1`, after earlier states of it. */
function afterEdits(...specs: readonly unknown[]): Resolved {
  let resolved = resolve({});
  for (const spec of specs) resolved = resolve({ peers: { tor1: spec }, lastGood: resolved.lastGood });
  return resolved;
}
const peerOf = ({ config }: Resolved): Peer | undefined => config.peers[0];

describe("a field of the session", () => {
  const cases: readonly (readonly [Readonly<Record<string, unknown>>, object])[] = [
    [{ keepaliveTime: "5s" }, { keepaliveSeconds: 5, holdTimeSeconds: 15 }],
    [{ keepaliveTime: "1s" }, { keepaliveSeconds: 1, holdTimeSeconds: 3 }],
    [{ keepaliveTime: "1m30s" }, { keepaliveSeconds: 90, holdTimeSeconds: 270 }],
    [{ keepaliveTime: "21845s" }, { keepaliveSeconds: 21_845, holdTimeSeconds: 65_535 }],
    [{ keepaliveTime: "" }, plain],
    [{ localASNumber: 65010 }, { localAsn: 65_010 }],
    [{ localASNumber: "4200000000" }, { localAsn: 4_200_000_000 }],
    [{ localASNumber: "1.10" }, { localAsn: 65_546 }],
    [{ ttlSecurity: 1 }, { ttlSecurityHops: 1 }],
    [{ ttlSecurity: 254 }, { ttlSecurityHops: 254 }],
    [{ ttlSecurity: 0 }, plain],
    [{ numAllowedLocalASNumbers: 2 }, { allowedLocalAsns: 2 }],
  ];
  test.each(cases)("P11: %j asks for %j", (fields, asked) => {
    const resolved = afterEdits({ ...good, ...fields });
    expect(peerOf(resolved)).toEqual({
      name: "tor1",
      address: "192.168.1.1",
      port: 179,
      asn: 65_001,
      ...plainSession,
      filters: [],
      ...plain,
      ...asked,
    });
    expect(problemLines(resolved)).toEqual([]);
  });

  const bad: readonly (readonly [string, unknown, string])[] = [
    ["keepaliveTime", "0s", "a time in whole seconds from 1s to 21845s"],
    ["keepaliveTime", "500ms", "a time in whole seconds from 1s to 21845s"],
    ["keepaliveTime", "21846s", "a time in whole seconds from 1s to 21845s"],
    ["keepaliveTime", "5", "a time in whole seconds from 1s to 21845s"],
    ["keepaliveTime", 5, "a time in whole seconds from 1s to 21845s"],
    ["maxRestartTime", "4096s", "a time in whole seconds from 1s to 4095s"],
    ["localASNumber", 0, "an AS number that may be used"],
    ["localASNumber", 1.1, "an AS number that may be used (dotted notation needs quotes)"],
    ["ttlSecurity", -1, "a number of hops from 0 (off) to 254"],
    ["ttlSecurity", 255, "a number of hops from 0 (off) to 254"],
    ["ttlSecurity", "1", "a number of hops from 0 (off) to 254"],
    ["numAllowedLocalASNumbers", 1.5, "a number from 0 to 255"],
  ];
  test.each(bad)("(%s: %j) that cannot be read keeps a new session from coming up", (field, value, form) => {
    const resolved = afterEdits({ ...good, [field]: value });
    expect(peerOf(resolved)).toBeUndefined();
    expect(problemLines(resolved)).toEqual([
      `error BGPPeer/tor1 spec.${field}: "${String(value)}" is not ${form}; the session is not brought up`,
    ]);
  });

  test.each(bad)("(%s: %j) that cannot be read leaves the whole session as it was", (field, value) => {
    const before = { ...good, keepaliveTime: "7s", localASNumber: 65010, ttlSecurity: 3 };
    const edited = { peerIP: "192.168.1.2", asNumber: 65002, [field]: value };
    const resolved = afterEdits(before, edited, edited);
    expect(peerOf(resolved)).toEqual(peerOf(afterEdits(before)));
    expect(problemLines(resolved)[0]).toMatch(/; the session stays as it last was valid$/);
  });

  test.each([
    ["nextHopMode", "Other", '"Other" is none of Auto, Self, Keep'],
    ["keepOriginalNextHop", "yes", '"yes" is none of true, false'],
    ["sourceAddress", "192.168.1.10", '"192.168.1.10" is none of UseNodeIP, None'],
    ["peerIP", "fe80::1", '"fe80::1" is link-local, and no session runs over addresses'],
    ["peerIP", "fe80::1%eth0", '"fe80::1%eth0" has a zone, and no session runs over addresses'],
  ])("(%s: %j) that is none of the values there are is told", (field, value, says) => {
    expect(problemLines(afterEdits({ ...good, [field]: value }))).toEqual([
      expect.stringContaining(`error BGPPeer/tor1 spec.${field}: ${says}`),
    ]);
  });
});

describe("what holds for all sessions", () => {
  const session = { ...plainOptions, gracefulRestartSeconds: 20, bfdIntervalMs: 300 };

  test("is graceful restart with the agent's time, or with the peer's own", () => {
    const peers = {
      tor1: good,
      tor2: { ...good, peerIP: "192.168.1.2", maxRestartTime: "2m" },
    };
    const resolved = resolve({ peers, session });
    expect(
      resolved.config.peers.map(({ gracefulRestartSeconds: seconds, bfdIntervalMs: ms }) => [seconds, ms]),
    ).toEqual([
      [20, 300],
      [120, 300],
    ]);
    expect(problemLines(resolved)).toEqual([]);
  });

  test("a peer's restart time alone offers nothing, and says so", () => {
    const resolved = afterEdits({ ...good, maxRestartTime: "2m" });
    expect(peerOf(resolved)).toMatchObject({ gracefulRestartSeconds: null });
    expect(problemLines(resolved)).toEqual([
      "warning BGPPeer/tor1 spec.maxRestartTime: this field has no effect; graceful restart is not offered without --graceful-restart",
    ]);
  });
});

test("the node's AS number changes: a kept session follows it, one with a number of its own does not", () => {
  const peers = {
    tor1: { ...good, localASNumber: 65010 },
    tor2: { ...good, peerIP: "192.168.1.2" },
  };
  const { lastGood } = resolve({ peers });
  const broken = { tor1: { ...peers.tor1, ttlSecurity: "x" }, tor2: { ...peers.tor2, ttlSecurity: "x" } };
  const { config } = resolve({ configurations: { default: { asNumber: 65020 } }, peers: broken, lastGood });
  expect(config.peers.map(({ localAsn }) => localAsn)).toEqual([65_010, 65_020]);
});
