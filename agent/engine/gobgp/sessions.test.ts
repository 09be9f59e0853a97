import { create } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { parseAddress } from "../../model/address.ts";
import { defaultAsn } from "../../model/asn.ts";
import { plainSession } from "../../model/peer.ts";
import type { Peer } from "../../model/peer.ts";
import { PeerSchema } from "./proto/gobgp.pb.ts";
import { fromNeighbour, statusOf, toNeighbour } from "./sessions.ts";

const address = parseAddress("192.168.1.1");
if (address === null) throw new Error("192.168.1.1 is an address");
const tor: Peer = {
  name: "tor1",
  address,
  port: 1790,
  asn: defaultAsn,
  localAsn: defaultAsn,
  ...plainSession,
};

type Neighbour = MessageInitShape<typeof PeerSchema>;

describe("a neighbour of gobgpd", () => {
  it("that we set up is read back as the peer it was", () => {
    expect(fromNeighbour(create(PeerSchema, toNeighbour(tor)))?.peer).toEqual(tor);
  });

  const ours = toNeighbour(tor);
  const foreign: readonly (readonly [string, Neighbour])[] = [
    [
      "a password",
      { ...ours, conf: { neighborAddress: "192.168.1.1", peerAsn: 1, localAsn: 1, authPassword: "x" } },
    ],
    [
      "a peer group",
      { ...ours, conf: { neighborAddress: "192.168.1.1", peerAsn: 1, localAsn: 1, peerGroup: "x" } },
    ],
    ["no AS of its own", { ...ours, conf: { neighborAddress: "192.168.1.1", peerAsn: 0, localAsn: 1 } }],
    ["one family only", { ...ours, afiSafis: [{ config: { family: { afi: 1, safi: 1 }, enabled: true } }] }],
    [
      "another family",
      {
        ...ours,
        afiSafis: [1, 2, 25].map((afi) => ({ config: { family: { afi, safi: 1 }, enabled: true } })),
      },
    ],
    ["passive mode", { ...ours, transport: { remotePort: 179, passiveMode: true } }],
    ["multihop", { ...ours, ebgpMultihop: { enabled: true } }],
    ["route reflection", { ...ours, routeReflector: { routeReflectorClient: true } }],
    ["graceful restart", { ...ours, gracefulRestart: { enabled: true } }],
    ["TTL security", { ...ours, ttlSecurity: { enabled: true } }],
    ["no transport", { conf: { neighborAddress: "192.168.1.1", peerAsn: 1, localAsn: 1 } }],
  ];
  it.each(foreign)("with %s equals no peer of ours", (_, peer) => {
    expect(fromNeighbour(create(PeerSchema, peer))).toMatchObject({
      peer: null,
      status: { address: "192.168.1.1" },
    });
  });

  it("known by an interface is left out", () => {
    expect(fromNeighbour(create(PeerSchema, { conf: { neighborAddress: "fe80::1%eth0" } }))).toBeNull();
    expect(statusOf(create(PeerSchema, { conf: { neighborAddress: "<nil>" } }))).toBeNull();
  });

  it.each([
    [0, "idle"],
    [1, "idle"],
    [2, "connect"],
    [3, "active"],
    [4, "opensent"],
    [5, "openconfirm"],
    [6, "established"],
    [99, "idle"],
  ])("in state %i is %s", (sessionState, state) => {
    const peer = create(PeerSchema, { ...ours, state: { sessionState } });
    expect(statusOf(peer)).toMatchObject({ state, asn: 64512, establishedAtMs: null });
  });

  it("tells since when it is established and how many routes it was sent, by family", () => {
    const peer = create(PeerSchema, {
      ...ours,
      state: { sessionState: 6 },
      timers: { state: { uptime: { seconds: 1_700_000_000n, nanos: 250_000_000 } } },
      afiSafis: [
        { state: { family: { afi: 1, safi: 1 }, advertised: 3n } },
        { state: { family: { afi: 2, safi: 1 }, advertised: 1n } },
        { state: { family: { afi: 25, safi: 70 }, advertised: 9n } },
      ],
    });
    expect(statusOf(peer)).toMatchObject({
      establishedAtMs: 1_700_000_000_250,
      advertised: { ipv4: 3, ipv6: 1 },
    });
  });
});
