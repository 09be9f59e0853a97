import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAddress } from "../model/address.ts";
import { parseAsn } from "../model/asn.ts";
import { parseCommunity, parseLargeCommunity } from "../model/community.ts";
import { parsePrefix } from "../model/prefix.ts";
import { bgpConfigurationFields } from "./bgp-configuration.ts";
import { bgpPeerFields } from "./bgp-peer.ts";
import { nothingGood } from "./node-config.ts";
import { resolve } from "./resolve.fixture.ts";
import { resolveConfig } from "./resolve.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "10.96.0.0/12",
    "10.0.0.1/8",
    "::/0",
    "0.0.0.0/0",
    "1.10",
    "192.0.2.1:179",
    "[::1]:179",
    "n1",
    "64512:1",
    "64512:1:2",
  ),
);
const value = fc.oneof(
  text,
  fc.jsonValue(),
  fc.integer({ min: -1, max: 70_000 }),
  fc.array(
    fc.record(
      { cidr: text, communities: fc.oneof(text, fc.array(text)), name: text, value: text },
      { requiredKeys: [] },
    ),
  ),
);

/** Arbitrary JSON, most of it with fields that are looked at. */
function specs(fields: object): fc.Arbitrary<unknown> {
  const known = fc.constantFrom(...Object.keys(fields));
  return fc.oneof(fc.jsonValue(), fc.dictionary(fc.oneof(known, text), value));
}

describe("whatever stands in the objects", () => {
  const configuration = specs(bgpConfigurationFields);
  const peer = specs(bgpPeerFields);
  const name = fc.oneof(text, fc.constantFrom("default", "node.n1", "tor1"));

  test("resolving ends with valid values only, and messages of one line", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.dictionary(name, configuration), fc.dictionary(name, peer)), { maxLength: 3 }),
        fc.option(fc.array(text)),
        (edits, clusterIPsFromEnv) => {
          let lastGood = nothingGood;
          for (const [configurations, peers] of edits) {
            const resolved = resolve({ configurations, peers, lastGood, clusterIPsFromEnv });
            lastGood = resolved.lastGood;
            const { asn, listenPort, allow, advertisements, peers: sessions, problems } = resolved.config;
            expect(parseAsn(asn)).toBe(asn);
            expect(listenPort >= 1 && listenPort <= 65_535).toBe(true);
            for (const { prefix } of Object.values(allow).flatMap((list) => list ?? []))
              expect(parsePrefix(prefix)).toEqual({ prefix, hadHostBits: false });
            for (const { prefix, communities, largeCommunities } of advertisements) {
              expect(parsePrefix(prefix)).toEqual({ prefix, hadHostBits: false });
              expect(communities.map(parseCommunity)).toEqual(communities);
              expect(largeCommunities.map(parseLargeCommunity)).toEqual(largeCommunities);
            }
            for (const session of sessions) {
              expect(parseAddress(session.address)).toBe(session.address);
              expect(parseAsn(session.asn)).toBe(session.asn);
            }
            for (const { object, field, message } of problems)
              expect(`${object} ${field} ${message}`).toMatch(/^[^\p{Cc}\u2028\u2029]{1,1000}$/u);
          }
        },
      ),
    );
  });
});

test("a node that was not seen yet is no reason to wait: its peers are resolved without it", () => {
  const peers = new Map([
    [
      "tor1",
      { kind: "BGPPeer", name: "tor1", uid: "u", labels: {}, spec: { peerIP: "192.168.1.1", asNumber: 1 } },
    ],
  ] as const);
  const { config } = resolveConfig({
    configurations: new Map(),
    peers,
    node: undefined,
    nodeName: "n1",
    lastGood: nothingGood,
  });
  expect(config.peers).toMatchObject([{ name: "tor1" }]);
});
