// P11: from where a session goes out, and how far.
import { describe, expect, test } from "vitest";
import { parseAddress } from "../model/address.ts";
import type { Address } from "../model/address.ts";
import { parsePrefix } from "../model/prefix.ts";
import { plainOptions } from "./make-peer.ts";
import { n1, problemLines, resolve } from "./resolve.fixture.ts";

const ips = (...texts: readonly string[]): readonly Address[] =>
  texts.flatMap((text) => parseAddress(text) ?? []);
const nodeWith = (...texts: readonly string[]) => ({
  ...n1,
  internalIPs: ips(...texts),
  addresses: ips(...texts),
});

const external = { peerIP: "192.168.1.1", asNumber: 65001 };
const dual = nodeWith("192.168.1.10", "192.168.1.11", "2001:db8:1::10");

describe("P11: the source address", () => {
  const cases: readonly (readonly [string, object, string | null])[] = [
    ["unless said", {}, "192.168.1.10"],
    ["with UseNodeIP", { sourceAddress: "UseNodeIP" }, "192.168.1.10"],
    ["with None", { sourceAddress: "None" }, null],
    ["for a neighbour over IPv6", { peerIP: "2001:db8:1::1" }, "2001:db8:1::10"],
  ];
  test.each(cases)("%s (%j) is %s", (_, fields, source) => {
    const resolved = resolve({ peers: { tor1: { ...external, ...fields } }, node: dual });
    expect(resolved.config.peers).toMatchObject([{ sourceAddress: source }]);
    expect(problemLines(resolved)).toEqual([]);
  });

  test("is left to the node's routes where the node has no InternalIP of that family", () => {
    const { config } = resolve({ peers: { tor1: external }, node: nodeWith("2001:db8:1::10") });
    expect(config.peers).toMatchObject([{ sourceAddress: null }]);
  });

  test("is --local-address for neighbours of its family", () => {
    const [localAddress = null] = ips("10.0.0.7");
    const peers = { tor1: external, tor2: { ...external, peerIP: "2001:db8:1::1" } };
    const { config } = resolve({ peers, node: dual, session: { ...plainOptions, localAddress } });
    expect(config.peers.map((peer) => peer.sourceAddress)).toEqual(["10.0.0.7", "2001:db8:1::10"]);
  });

  test("stays when the node's addresses come in another order, and goes with the address", () => {
    const peers = { tor1: external };
    const before = resolve({ peers, node: dual });
    const turned = nodeWith("192.168.1.11", "192.168.1.10");
    const after = resolve({ peers, node: turned, lastGood: before.lastGood });
    expect(after.config.peers).toMatchObject([{ sourceAddress: "192.168.1.10" }]);
    const gone = resolve({ peers, node: nodeWith("192.168.1.11"), lastGood: after.lastGood });
    expect(gone.config.peers).toMatchObject([{ sourceAddress: "192.168.1.11" }]);
  });
});

describe("P11: multihop", () => {
  const onLink = ["192.168.1.0/24", "2001:db8:1::/64"].flatMap((text) => parsePrefix(text)?.prefix ?? []);
  const cases: readonly (readonly [string, object, boolean])[] = [
    ["an external neighbour on a network of the node", {}, false],
    ["an external neighbour elsewhere", { peerIP: "192.0.2.1" }, true],
    ["an external neighbour elsewhere over IPv6", { peerIP: "2001:db8:2::1" }, true],
    [
      "an internal neighbour elsewhere, for which it goes without saying",
      { peerIP: "192.0.2.1", asNumber: 64512 },
      false,
    ],
    [
      "a neighbour with the AS number that is local to it",
      { peerIP: "192.0.2.1", localASNumber: 65001 },
      false,
    ],
    ["an external neighbour elsewhere with TTL security", { peerIP: "192.0.2.1", ttlSecurity: 3 }, false],
  ];
  test.each(cases)("towards %s (%j): %s", (_, fields, multihop) => {
    const peers = { tor1: { ...external, ...fields } };
    const { config } = resolve({ peers, session: { ...plainOptions, onLink } });
    expect(config.peers).toMatchObject([{ multihop }]);
  });

  test("is not asked for where the networks of the node are not known, as offline", () => {
    const { config } = resolve({ peers: { tor1: { ...external, peerIP: "192.0.2.1" } } });
    expect(config.peers).toMatchObject([{ multihop: false }]);
  });

  test("stays with a session that has it when the network turns up, but not beside BFD", () => {
    const peers = { tor1: external };
    const before = resolve({ peers, session: { ...plainOptions, onLink: [] } });
    expect(before.config.peers).toMatchObject([{ multihop: true }]);
    const again = (bfdIntervalMs: number | null, spec: object = external) =>
      resolve({
        peers: { tor1: spec },
        session: { ...plainOptions, onLink, bfdIntervalMs },
        lastGood: before.lastGood,
      }).config.peers[0]?.multihop;
    expect([again(null), again(300), again(null, { ...external, peerIP: "192.168.1.2" })]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
