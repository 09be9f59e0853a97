import { expect, test } from "vitest";
import { parseAddress } from "../model/address.ts";
import { defaultAsn } from "../model/asn.ts";
import { anyRoute } from "../model/filter.fixture.ts";
import { plainSession } from "../model/peer.ts";
import type { Peer, SessionSettings } from "../model/peer.ts";
import { Secret } from "../model/secret.ts";
import { nothingTaken, unhonoured } from "./honours.ts";
import type { Honours } from "./honours.ts";

const nothing: Honours = {
  holdTimeSeconds: false,
  keepaliveSeconds: false,
  password: false,
  sourceAddress: false,
  multihop: false,
  ttlSecurityHops: false,
  allowedLocalAsns: false,
  gracefulRestartSeconds: false,
  bfdIntervalMs: false,
};

const address = parseAddress("192.0.2.1");
if (address === null) throw new Error("192.0.2.1 is an address");
const peer: Peer = {
  name: "tor1",
  address,
  port: 179,
  asn: defaultAsn,
  localAsn: defaultAsn,
  ...plainSession,
};

const settings: readonly (readonly [Partial<SessionSettings>, string])[] = [
  [{ holdTimeSeconds: 30 }, "spec.keepaliveTime"],
  [{ keepaliveSeconds: 10 }, "spec.keepaliveTime"],
  [{ password: new Secret("p") }, "spec.password"],
  [{ sourceAddress: address }, "spec.sourceAddress"],
  [{ multihop: true }, "spec.peerIP"],
  [{ ttlSecurityHops: 1 }, "spec.ttlSecurity"],
  [{ allowedLocalAsns: 1 }, "spec.numAllowedLocalASNumbers"],
  [{ gracefulRestartSeconds: 20 }, "spec.maxRestartTime"],
  [{ bfdIntervalMs: 300 }, "spec"],
];

test.each(settings)(
  "P13: %o beyond the engine is a problem of its object, field and engine",
  (some, field) => {
    const problems = unhonoured({ ...peer, ...some }, "gobgpd", nothing);
    expect(problems).toMatchObject([{ object: "BGPPeer/tor1", field, severity: "error" }]);
    expect(problems[0]?.message).toMatch(/^gobgpd cannot/);
  },
);

test("P13: what is asked for and honoured is no problem", () => {
  const all: Honours = { ...nothing, password: true, multihop: true };
  expect(unhonoured({ ...peer, password: new Secret("p"), multihop: true }, "gobgpd", all)).toEqual([]);
});

test("P13: a session with nothing special is within every engine", () => {
  expect(unhonoured(peer, "gobgpd", nothing)).toEqual([]);
});

test("P13: what is accepted on import, by a speaker that takes nothing, is told once for each filter", () => {
  const rule = { family: "ipv4", field: "spec.filters[0]", filter: "f" } as const;
  const asked = anyRoute("accept");
  const rejecting = {
    ...rule,
    field: "spec.filters[1]",
    rule: { ...asked, action: { t: "reject" } as const },
  };
  const imports = new Map([["tor1", [{ ...rule, rule: asked }, { ...rule, rule: asked }, rejecting]]]);
  expect(nothingTaken({ peers: [peer], imports }, "FRR")).toEqual([
    {
      object: "BGPPeer/tor1",
      field: "spec.filters[0]",
      severity: "warning",
      message: "FRR is not asked to take what BGPFilter/f accepts on import: nothing is taken from this peer",
    },
  ]);
});
