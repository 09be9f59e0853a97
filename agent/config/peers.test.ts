import { describe, expect, test } from "vitest";
import { parseAsn } from "../model/asn.ts";
import { plainSession } from "../model/peer.ts";
import { problemLines, resolve } from "./resolve.fixture.ts";
import type { Resolved } from "./resolve.ts";

const good = { peerIP: "192.168.1.1", asNumber: 64512 };

/** Resolves the object `tor1`, after earlier states of it. */
function afterEdits(...specs: readonly unknown[]): Resolved {
  let resolved = resolve({});
  for (const spec of specs) resolved = resolve({ peers: { tor1: spec }, lastGood: resolved.lastGood });
  return resolved;
}

/** The sessions, in one line each. */
function sessions({ config }: Resolved): readonly string[] {
  return config.peers.map(
    ({ name, address, port, asn }) => `${name} ${address} ${String(port)} AS ${String(asn)}`,
  );
}

const error = (field: string, message: string) => `error BGPPeer/tor1 ${field}: ${message}`;
const warning = (field: string, message: string) => `warning BGPPeer/tor1 ${field}: ${message}`;

describe("a peer", () => {
  test("is spoken to from the node's AS, with a hold time of 9 s and keepalives every 3 s", () => {
    const { config } = resolve({
      configurations: { default: { asNumber: 65001 } },
      peers: { tor1: { peerIP: "192.0.2.1:1179", asNumber: "1.10" } },
    });
    expect(config.peers).toEqual([
      {
        name: "tor1",
        address: "192.0.2.1",
        port: 1179,
        asn: 65_546,
        localAsn: 65_001,
        ...plainSession,
        filters: [],
        sourceAddress: "192.168.1.10",
      },
    ]);
    expect(config.problems).toEqual([]);
  });

  test.each([
    ["every node", good],
    ["this node", { ...good, node: "n1" }],
    ["no node by an empty name", { ...good, node: "", nodeSelector: "" }],
    ["this node over IPv6", { ...good, peerIP: "2001:db8:1::1" }],
  ])("for %s comes up", (_, spec) => {
    const resolved = afterEdits(spec);
    expect(resolved.config.peers).toHaveLength(1);
    expect(problemLines(resolved)).toEqual([]);
  });

  test.each([
    ["for another node", { ...good, node: "n2" }],
    [
      "for another node, with fields not honoured",
      { ...good, node: "n2", filters: ["f"], reachableBy: "192.168.1.254" },
    ],
    ["that is this node itself", { ...good, peerIP: "192.168.1.10" }],
    ["that is this node itself on another port", { ...good, peerIP: "[2001:db8:1::10]:1179" }],
    ["that is this node itself, with more to complain of", { peerIP: "192.168.1.10", asNumber: "x" }],
  ])("%s is left out without a word", (_, spec) => {
    const resolved = afterEdits(spec);
    expect(sessions(resolved)).toEqual([]);
    expect(problemLines(resolved)).toEqual([]);
  });

  test("for another node is reported when it cannot be read", () => {
    const resolved = afterEdits({ peerIP: "10.0.0.300", asNumber: 1, node: "n\n2", lokalASNumber: 3 });
    expect(sessions(resolved)).toEqual([]);
    expect(problemLines(resolved)).toEqual([
      error(
        "spec.peerIP",
        '"10.0.0.300" is not of the form ip, ipv4:port or [ipv6]:port; the peer is meant for node "n\\n2"',
      ),
      warning(
        "spec.lokalASNumber",
        "there is no such field, and it has no effect; did you mean localASNumber?",
      ),
    ]);
  });

  test("that moves to another node is given up here", () => {
    const resolved = afterEdits(good, { ...good, node: "n2" });
    expect(sessions(resolved)).toEqual([]);
    expect(resolved.lastGood.peers.size).toBe(0);
  });
});

describe("a value that cannot be read", () => {
  const cases: readonly (readonly [string, unknown, string, string])[] = [
    ["no address", { asNumber: 1 }, "spec.peerIP", "the neighbour's address is missing"],
    [
      "no AS number",
      { peerIP: "192.168.1.1" },
      "spec.asNumber",
      "the neighbour's AS number is missing (for iBGP write this node's own, 64512)",
    ],
    [
      "a name for an address",
      { ...good, peerIP: "tor1" },
      "spec.peerIP",
      '"tor1" is not of the form ip, ipv4:port or [ipv6]:port',
    ],
    [
      "a multicast address",
      { ...good, peerIP: "224.0.0.5" },
      "spec.peerIP",
      '"224.0.0.5" is not the address of one neighbour',
    ],
    [
      "AS_TRANS",
      { ...good, asNumber: 23456 },
      "spec.asNumber",
      '"23456" is not an AS number that may be used',
    ],
    ["a node that is no name", { ...good, node: 1 }, "spec.node", '"1" is not the name of a node'],
    [
      "node and nodeSelector",
      { ...good, node: "n2", nodeSelector: "all()" },
      "spec.nodeSelector",
      "node and nodeSelector are both set, and only one may be",
    ],
    ["no spec", "x", "spec", '"x" is no set of fields'],
    [
      "this machine",
      { ...good, peerIP: "127.0.0.1" },
      "spec.peerIP",
      '"127.0.0.1" is not the address of one neighbour',
    ],
    [
      "this machine over IPv6",
      { ...good, peerIP: "::1" },
      "spec.peerIP",
      '"::1" is not the address of one neighbour',
    ],
    [
      "no address at all",
      { ...good, peerIP: "0.0.0.0" },
      "spec.peerIP",
      '"0.0.0.0" is not the address of one neighbour',
    ],
    [
      "filters, mistyped",
      { ...good, filter: ["f"] },
      "spec.filter",
      "there is no such field; did you mean filters?",
    ],
    [
      "a password, mistyped",
      { ...good, passwords: {} },
      "spec.passwords",
      "there is no such field; did you mean password?",
    ],
    [
      "a selector, mistyped",
      { ...good, nodeSelektor: "x == 'y'" },
      "spec.nodeSelektor",
      "there is no such field; did you mean nodeSelector?",
    ],
    ["a field of that kind", { ...good, exportPolicy: "x" }, "spec.exportPolicy", "there is no such field"],
  ];

  test.each<readonly [string, unknown]>([
    ["no spec at all", undefined],
    ["an empty spec", {}],
    ["a spec that is none", "x"],
    ["filters, mistyped", { ...good, filter: ["g"] }],
    ["filters, mistyped beside the others", { ...good, filter: ["g"], filters: [] }],
    ["a password, mistyped", { ...good, passwords: {} }],
  ])("(%s) leaves a running session its filters", (_, spec) => {
    const [peer] = afterEdits({ ...good, filters: ["f"] }, spec, spec).config.peers;
    expect(peer?.filters).toEqual(["f"]);
  });

  test.each(cases)("(%s) keeps a new session from coming up", (_, spec, field, says) => {
    const resolved = afterEdits(spec);
    expect(sessions(resolved)).toEqual([]);
    expect(problemLines(resolved)).toEqual([error(field, `${says}; the session is not brought up`)]);
  });

  test.each(cases)("(%s) leaves a running session as it was, edit after edit", (_, spec, field, says) => {
    const resolved = afterEdits({ peerIP: "192.168.1.9:1179", asNumber: 65009 }, spec, spec);
    expect(sessions(resolved)).toEqual(["tor1 192.168.1.9 1179 AS 65009"]);
    expect(problemLines(resolved)).toEqual([error(field, `${says}; the session stays as it last was valid`)]);
  });

  test.each([null, undefined, {}])("(a spec of %j) misses both address and AS number", (spec) => {
    expect(afterEdits(spec).config.problems.map(({ field }) => field)).toEqual([
      "spec.peerIP",
      "spec.asNumber",
    ]);
  });

  test("does not hold back a change of this node's AS number", () => {
    const before = afterEdits(good).lastGood;
    const { config } = resolve({
      configurations: { default: { asNumber: 65001 } },
      peers: { tor1: { peerIP: "x", asNumber: 1 } },
      lastGood: before,
    });
    expect(config.peers).toMatchObject([{ asn: 64512, localAsn: 65001 }]);
  });

  test("is nothing to fall back from once the object is gone", () => {
    const gone = resolve({ lastGood: afterEdits(good).lastGood });
    expect(sessions(resolve({ peers: { tor1: {} }, lastGood: gone.lastGood }))).toEqual([]);
  });
});

describe("a field without which the session would be another one", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["peerSelector", "all()"],
    ["localWorkloadSelector", "all()"],
  ];

  test.each(cases)("keeps the session from coming up: %s %j", (field, value) => {
    const resolved = afterEdits({ ...good, [field]: value });
    expect(sessions(resolved)).toEqual([]);
    expect(resolved.config.problems).toMatchObject([{ field: `spec.${field}`, severity: "error" }]);
    expect(resolved.config.problems[0]?.message).toMatch(/; the session is not brought up$/);
  });

  test.each(cases)("ends a session that ran without it: %s %j", (field, value) => {
    const resolved = afterEdits(good, { ...good, [field]: value });
    expect(sessions(resolved)).toEqual([]);
    expect(sessions(resolve({ peers: { tor1: {} }, lastGood: resolved.lastGood }))).toEqual([]);
  });

  test.each(["peerSelector", "localWorkloadSelector"])(
    "%s explains the missing address by itself",
    (field) => {
      expect(afterEdits({ [field]: "all()" }).config.problems).toHaveLength(1);
    },
  );

  test.each([
    ["password", null],
    ["filters", []],
    ["nodeSelector", ""],
  ])("does nothing while it is empty: %s %j", (field, value) => {
    const resolved = afterEdits({ ...good, [field]: value });
    expect(sessions(resolved)).toHaveLength(1);
    expect(problemLines(resolved)).toEqual([]);
  });
});

describe("a field that has no effect", () => {
  test.each([
    ["maxRestartTime", "60s"],
    ["reachableBy", "192.168.1.254"],
    ["reversePeering", "Manual"],
  ])("is a warning, and the session comes up: %s %j", (field, value) => {
    const resolved = afterEdits({ ...good, [field]: value });
    expect(sessions(resolved)).toHaveLength(1);
    expect(resolved.config.problems).toMatchObject([{ field: `spec.${field}`, severity: "warning" }]);
    expect(resolved.config.problems[0]?.message).toMatch(/^this field has no effect; \S/);
  });

  test("is no problem with the value that is Calico's default", () => {
    const spec = {
      ...good,
      sourceAddress: "UseNodeIP",
      numAllowedLocalASNumbers: 0,
      ttlSecurity: 0,
      reversePeering: "Auto",
    };
    expect(problemLines(afterEdits(spec))).toEqual([]);
  });
});

test.each([
  { keepOriginalNextHop: true },
  { keepOriginalNextHop: false },
  { nextHopMode: "Auto" },
  { nextHopMode: "Self" },
  { nextHopMode: "Keep" },
])("%j changes nothing: the node originates all that it sends, so the next hop is the node", (field) => {
  const resolved = afterEdits(good, { ...good, ...field });
  expect(resolved.config.peers).toEqual(afterEdits(good).config.peers);
  expect(problemLines(resolved)).toEqual([]);
});

describe("P12: two objects for one ip:port", () => {
  const other = { peerIP: "192.168.1.1:179", asNumber: 65002 };
  const second = (name: string) =>
    `error BGPPeer/${name} spec.peerIP: BGPPeer/tor1 comes first by name for 192.168.1.1:179; this one is left out`;

  test.each([
    ["first", { tor1: good, tor2: other }],
    ["last", { tor2: other, tor1: good }],
  ])("the first by name wins when it arrives %s, and the other is reported", (_, peers) => {
    const resolved = resolve({ peers });
    expect(sessions(resolved)).toEqual(["tor1 192.168.1.1 179 AS 64512"]);
    expect(problemLines(resolved)).toEqual([second("tor2")]);
  });

  test("the first by name keeps its place though its session must not come up", () => {
    const resolved = resolve({ peers: { tor2: other, tor1: { ...good, peerSelector: "all()" } } });
    expect(sessions(resolved)).toEqual([]);
    expect(problemLines(resolved)).toContain(second("tor2"));
  });

  test.each([
    ["is for another node", { ...good, node: "n2" }],
    ["is for nodes with other labels", { ...good, nodeSelector: "rack == 'r2'" }],
    ["may be for another node", { ...good, nodeSelector: "rack = 'r2'" }],
    ["is for another port", { ...good, peerIP: "192.168.1.1:1179" }],
  ])("the second is not in the way of a first that %s", (_, tor1) => {
    const resolved = resolve({ peers: { tor1, tor2: other } });
    expect(sessions(resolved)).toContain("tor2 192.168.1.1 179 AS 65002");
  });

  test("the other comes up once the first is gone, and falls back on nothing of its own before", () => {
    const both = resolve({ peers: { tor1: good, tor2: other } });
    expect([...both.lastGood.peers.keys()]).toEqual(["tor1"]);
    expect(sessions(resolve({ peers: { tor2: other }, lastGood: both.lastGood }))).toEqual([
      "tor2 192.168.1.1 179 AS 65002",
    ]);
  });
});

test("peers are listed by name, and each problem names its object", () => {
  const resolved = resolve({
    peers: { torB: good, torA: { ...good, peerIP: "192.168.1.2" }, "x\u0007": {} },
  });
  expect(sessions(resolved)).toHaveLength(2);
  expect(resolved.config.peers.map(({ name }) => name)).toEqual(["torA", "torB"]);
  expect(resolved.config.problems[0]?.object).toBe('BGPPeer/"x\\u0007"');
  expect(resolved.config.peers[0]?.localAsn).toBe(parseAsn(64512));
});
