import { describe, expect, test } from "vitest";
import { parseAddress } from "./address.ts";
import { defaultAsn, parseAsn } from "./asn.ts";
import { peerDifferences, plainSession, samePeer } from "./peer.ts";
import type { Peer } from "./peer.ts";
import { Secret } from "./secret.ts";

const address = parseAddress("192.0.2.1");
const other = parseAddress("192.0.2.2");
const otherAsn = parseAsn(65_001);
if (address === null || other === null || otherAsn === null) throw new Error("they are valid");

const peer: Peer = {
  name: "tor1",
  address,
  port: 179,
  asn: defaultAsn,
  localAsn: defaultAsn,
  ...plainSession,
};

describe("whether a speaker would run the same session", () => {
  test("another name is the same session", () => {
    expect(samePeer(peer, { ...peer, name: "tor2" })).toBe(true);
  });

  test("an equal password is the same session", () => {
    const password = () => new Secret("p");
    expect(samePeer({ ...peer, password: password() }, { ...peer, password: password() })).toBe(true);
  });

  const changes: Omit<Peer, "name"> = {
    address: other,
    port: 1179,
    asn: otherAsn,
    localAsn: otherAsn,
    holdTimeSeconds: 30,
    keepaliveSeconds: 10,
    password: new Secret("p"),
    sourceAddress: other,
    multihop: true,
    ttlSecurityHops: 1,
    allowedLocalAsns: 1,
    gracefulRestartSeconds: 20,
    bfdIntervalMs: 300,
  };

  test.each(Object.entries(changes))("another %s is another session, and is named", (field, value) => {
    const changed = { ...peer, [field]: value };
    expect(peerDifferences(peer, changed)).toEqual([field]);
    expect(samePeer(peer, changed)).toBe(false);
  });
});
