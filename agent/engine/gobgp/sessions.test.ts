import { create } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { parseAddress } from "../../model/address.ts";
import { defaultAsn } from "../../model/asn.ts";
import { peerDifferences, plainSession } from "../../model/peer.ts";
import type { Peer, SessionSettings } from "../../model/peer.ts";
import { Secret } from "../../model/secret.ts";
import { PeerSchema } from "./proto/gobgp.pb.ts";
import { fromNeighbour, toNeighbour } from "./sessions.ts";

const address = parseAddress("192.168.1.1");
const source = parseAddress("192.168.1.10");
if (address === null || source === null) throw new Error("they are addresses");
const tor: Peer = {
  name: "tor1",
  address,
  port: 1790,
  asn: defaultAsn,
  localAsn: defaultAsn,
  ...plainSession,
};

type Neighbour = MessageInitShape<typeof PeerSchema>;

/** As gobgpd gives back what AddPeer gave it. */
function readBack(peer: Peer): Peer | null {
  return fromNeighbour(create(PeerSchema, toNeighbour(peer, false)));
}

describe("a neighbour of gobgpd", () => {
  const settings: readonly Partial<SessionSettings>[] = [
    {},
    { holdTimeSeconds: 90, keepaliveSeconds: 30 },
    { password: new Secret("p4ss word") },
    { sourceAddress: source },
    { multihop: true },
    { ttlSecurityHops: 1 },
    { ttlSecurityHops: 254, multihop: true, sourceAddress: source },
    { allowedLocalAsns: 3 },
    { gracefulRestartSeconds: 20 },
    { bfdIntervalMs: 300 },
  ];
  it.each(settings)("that we set up with %o is read back as the peer it was", (some) => {
    const peer = { ...tor, ...some };
    expect(readBack(peer)).toEqual(peer);
  });

  it("with a source address is one with another once that is in use", () => {
    const peer = { ...toNeighbour({ ...tor, sourceAddress: source }, false) };
    const other = create(PeerSchema, {
      ...peer,
      transport: { remotePort: 1790, localAddress: "192.168.1.11" },
    });
    expect(fromNeighbour(other)).toBeNull();
  });

  it("without a source address is the same whichever is in use", () => {
    const transport = { remotePort: 1790, localAddress: "192.168.1.10" };
    expect(fromNeighbour(create(PeerSchema, { ...toNeighbour(tor, false), transport }))).toEqual(tor);
  });

  it("that gobgpd has ignored a setting of differs in it", () => {
    const peer = { ...tor, bfdIntervalMs: 300 };
    const held = fromNeighbour(create(PeerSchema, toNeighbour(tor, false)));
    expect(held && peerDifferences(peer, held)).toEqual(["bfdIntervalMs"]);
  });

  const ours = toNeighbour(tor, false);
  const conf = { neighborAddress: "192.168.1.1", peerAsn: 1, localAsn: 1 };
  const foreign: readonly (readonly [string, Neighbour])[] = [
    ["a peer group", { ...ours, conf: { ...conf, peerGroup: "x" } }],
    ["no AS of its own", { ...ours, conf: { ...conf, peerAsn: 0 } }],
    ["a description in other words", { ...ours, conf: { ...conf, description: "the router on the left" } }],
    ["a source address that is none", { ...ours, conf: { ...conf, description: "tor1 from nowhere" } }],
    ["one family only", { ...ours, afiSafis: [{ config: { family: { afi: 1, safi: 1 }, enabled: true } }] }],
    [
      "another family",
      {
        ...ours,
        afiSafis: [1, 2, 25].map((afi) => ({ config: { family: { afi, safi: 1 }, enabled: true } })),
      },
    ],
    ["passive mode", { ...ours, transport: { remotePort: 179, passiveMode: true } }],
    ["route reflection", { ...ours, routeReflector: { routeReflectorClient: true } }],
    ["graceful restart of no family", { ...ours, gracefulRestart: { enabled: true } }],
    ["BFD of two paces", { ...ours, bfd: { enabled: true, desiredMinimumTxInterval: 300_000 } }],
    ["no transport", { conf }],
    ["an interface for an address", { ...ours, conf: { ...conf, neighborAddress: "fe80::1%eth0" } }],
  ];
  it.each(foreign)("with %s equals no peer of ours", (_, peer) => {
    expect(fromNeighbour(create(PeerSchema, peer))).toBeNull();
  });
});
