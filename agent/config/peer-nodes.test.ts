import { describe, expect, test } from "vitest";
import { nothingGood } from "./node-config.ts";
import { n1, problemLines, resolve } from "./resolve.fixture.ts";
import { resolveConfig } from "./resolve.ts";
import type { Resolved } from "./resolve.ts";

const good = { peerIP: "192.168.1.1", asNumber: 64512 };
const inRack = (rack: string) => ({ ...n1, labels: { rack, "topology.kubernetes.io/zone": "z1" } });

/** Resolves the object `tor1` on a node of rack r1, after earlier states of it. */
function onRack1(...specs: readonly unknown[]): Resolved {
  let resolved = resolve({});
  for (const spec of specs)
    resolved = resolve({ peers: { tor1: spec }, lastGood: resolved.lastGood, node: inRack("r1") });
  return resolved;
}

const names = ({ config }: Resolved) => config.peers.map(({ name }) => name);

describe("P2: a peer for nodes with labels", () => {
  test.each([
    ["rack == 'r1'", true],
    ["rack in {'r1', 'r2'} && topology.kubernetes.io/zone starts with 'z'", true],
    ["has(rack)", true],
    ["all()", true],
    [" ", true],
    ["rack == 'r2'", false],
    ["!has(rack)", false],
    ["gpu == 'yes'", false],
  ])("%s: %s", (nodeSelector, chosen) => {
    const resolved = onRack1({ ...good, nodeSelector });
    expect(names(resolved)).toEqual(chosen ? ["tor1"] : []);
    expect(problemLines(resolved)).toEqual([]);
  });

  test("comes and goes with the labels, and the others are not touched", () => {
    const peers = {
      tor1: { ...good, nodeSelector: "rack == 'r1'" },
      tor2: { ...good, peerIP: "192.168.1.2" },
    };
    const before = resolve({ peers, node: inRack("r2") });
    const after = resolve({ peers, node: inRack("r1"), lastGood: before.lastGood });
    const again = resolve({ peers, node: inRack("r2"), lastGood: after.lastGood });
    expect([before, after, again].map(names)).toEqual([["tor2"], ["tor1", "tor2"], ["tor2"]]);
    expect(after.config.peers.at(-1)).toEqual(before.config.peers.at(0));
    expect(again.lastGood.peers.has("tor1")).toBe(false);
  });

  test("is not brought up while the node has not been seen, and takes nobody's place", () => {
    const peers = { tor1: { ...good, nodeSelector: "rack == 'r1'" }, tor2: good };
    expect(names(resolve({ peers, node: undefined }))).toEqual(["tor2"]);
  });

  test("tells what is wrong with it on every node, and for which it is meant", () => {
    const resolved = onRack1({ peerIP: "nowhere", asNumber: 1, nodeSelector: "rack=='r2'", filters: ["f"] });
    expect(problemLines(resolved)).toEqual([
      'error BGPPeer/tor1 spec.peerIP: "nowhere" is not of the form ip, ipv4:port or [ipv6]:port; ' +
        "the peer is meant for nodes with \"rack == 'r2'\"",
    ]);
  });
});

describe("P2: a selector that cannot be read", () => {
  const bad = { ...good, nodeSelector: "rack = 'r1'" };
  const says = (meanwhile: string) => [
    "error BGPPeer/tor1 spec.nodeSelector: \"rack = 'r1'\" cannot be read at column 6: " +
      `a single = means nothing; == is expected; ${meanwhile}`,
  ];

  test("keeps a new session from coming up", () => {
    expect(names(onRack1(bad))).toEqual([]);
    expect(problemLines(onRack1(bad))).toEqual(says("the session is not brought up"));
  });

  test("leaves a running session as it was", () => {
    const resolved = onRack1({ ...good, nodeSelector: "rack == 'r1'" }, bad, bad);
    expect(names(resolved)).toEqual(["tor1"]);
    expect(problemLines(resolved)).toEqual(says("the session stays as it last was valid"));
  });

  test("brings up nothing on a node that was not chosen before", () => {
    expect(names(onRack1({ ...good, nodeSelector: "rack == 'r2'" }, bad))).toEqual([]);
  });

  test.each([
    [{ ...good, nodeSelector: 1 }, '"1" is not a selector'],
    [{ ...good, nodeSelector: ["all()"] }, '"[\\"all()\\"]" is not a selector'],
    [
      { ...good, node: "n1", nodeSelector: "all()" },
      "node and nodeSelector are both set, and only one may be",
    ],
    [
      { nodeSelector: "all()", node: "n1", ...good },
      "node and nodeSelector are both set, and only one may be",
    ],
  ])("is told: %j", (spec, message) => {
    expect(problemLines(onRack1(spec))).toEqual([
      `error BGPPeer/tor1 spec.nodeSelector: ${message}; the session is not brought up`,
    ]);
  });
});

test("P1: with --peer-selector the objects with other labels are none of ours, whatever is wrong with them", () => {
  const ours = { kind: "BGPPeer", name: "tor1", uid: "", labels: { bgp: "bellman" }, spec: good } as const;
  const theirs = { ...ours, name: "tor0", labels: { bgp: "calico" } };
  const broken = { ...ours, name: "tor2", labels: {}, spec: { peerIP: "nowhere" } };
  const { config } = resolveConfig({
    configurations: new Map(),
    peers: new Map([ours, theirs, broken].map((object) => [object.name, object])),
    peerSelector: { t: "equals", label: "bgp", value: "bellman" },
    node: n1,
    nodeName: "n1",
    lastGood: nothingGood,
  });
  expect(config.peers.map(({ name }) => name)).toEqual(["tor1"]);
  expect(config.problems).toEqual([]);
});
