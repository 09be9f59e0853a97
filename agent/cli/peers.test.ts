import { expect, test } from "vitest";
import { cidr, ip } from "../decide/decide.fixture.ts";
import { defaultAsn } from "../model/asn.ts";
import { peersTable } from "./peers.ts";

const session = {
  name: "tor1",
  address: ip("192.168.1.1"),
  port: 179,
  asn: defaultAsn,
  localAsn: defaultAsn,
  state: "active",
  since: null,
  establishedSince: null,
  drops: 0,
  lastDrop: null,
  lastError: null,
  negotiated: null,
  advertised: {},
  accepted: {},
  routes: [cidr("10.49.0.0/16")],
} as const;
const problem = {
  object: "BGPPeer/tor2",
  field: "spec.password.secretKeyRef.name",
  severity: "error",
  message: "there is no Secret bellman/bgp; the session is not brought up",
} as const;
const problems =
  "PROBLEM  OBJECT        FIELD                            MESSAGE\n" +
  "error    BGPPeer/tor2  spec.password.secretKeyRef.name  there is no Secret bellman/bgp; the session is not brought up\n";

test("a peer whose session is not brought up is told below those that are", () => {
  expect(peersTable({ node: "n1", peers: [session], problems: [problem] }, false)).toBe(
    "PEER  ADDRESS          AS     STATE   SINCE  ROUTES  DROPS  LAST ERROR\n" +
      "tor1  192.168.1.1:179  64512  active  -      1       0      -\n" +
      `\n${problems}`,
  );
});

test("where no session is brought up, the reasons are told all the same", () => {
  expect(peersTable({ node: "n1", peers: [], problems: [problem] }, false)).toBe(problems);
  expect(peersTable({ node: "n1", peers: [], problems: [] }, false)).toBe("No BGPPeer is for n1.\n");
});
