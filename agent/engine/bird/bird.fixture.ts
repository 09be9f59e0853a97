// Peers and routes for the tests of this driver, and BIRD's answers as they came over its control socket.
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { parseAsn } from "../../model/asn.ts";
import { parseCommunity, parseLargeCommunity } from "../../model/community.ts";
import { plainSession } from "../../model/peer.ts";
import type { Peer } from "../../model/peer.ts";
import { parsePrefix } from "../../model/prefix.ts";
import { plainRoute } from "../../model/route.ts";
import type { Route } from "../../model/route.ts";
import { Secret } from "../../model/secret.ts";
import type { BgpInstance } from "../contract.ts";
import { ReplyReader } from "./reply.ts";
import type { Reply } from "./reply.ts";

function known<T>(value: T | null): T {
  if (value === null) throw new Error("a fixture is wrong");
  return value;
}

export const address = (text: string): Address => known(parseAddress(text));
export const asn = (number: number) => known(parseAsn(number));

export const instance: BgpInstance = {
  asn: asn(64512),
  routerId: address("192.168.1.10"),
  listenPort: 179,
};

export function route(text: string, attributes: Partial<Route> = {}): Route {
  return { ...plainRoute(known(parsePrefix(text)).prefix), ...attributes };
}

const communities = ["64512:100", "65535:0"].map((text) => known(parseCommunity(text)));
const largeCommunities = ["64512:1:2"].map((text) => known(parseLargeCommunity(text)));

/** Everything that a route can have. */
export const fullRoute = route("10.49.0.2/32", {
  nextHop: address("192.168.1.99"),
  communities,
  largeCommunities,
  med: 0,
  localPref: 4294967295,
  prepend: 2,
  notTo: [address("192.168.1.2")],
  variants: [
    {
      to: [address("192.168.1.1"), address("fd01::1")],
      communities,
      largeCommunities,
      med: 7,
      localPref: 0,
      path: [asn(4200000000), asn(65010)],
    },
    { to: [address("fd01::2")], communities: [], largeCommunities: [], med: null, localPref: null, path: [] },
  ],
});

export const plainPeer: Peer = {
  ...plainSession,
  name: "tor1",
  address: address("192.168.1.1"),
  port: 179,
  asn: asn(65001),
  localAsn: asn(64512),
};

/** Everything that a session can be asked for. */
export const fullPeer: Peer = {
  ...plainPeer,
  name: "rack-7.tor-2",
  address: address("fd01::1"),
  port: 1790,
  asn: asn(4200000001),
  localAsn: asn(4200000000),
  holdTimeSeconds: 30,
  keepaliveSeconds: 10,
  password: new Secret("correct horse #= battery"),
  sourceAddress: address("fd01::10"),
  multihop: true,
  ttlSecurityHops: 3,
  allowedLocalAsns: 2,
  gracefulRestartSeconds: 120,
  bfdIntervalMs: 300,
};

/** An answer as it comes. */
export function reply(...lines: readonly string[]): Reply {
  const [first] = new ReplyReader(() => undefined).read(lines.map((line) => `${line}\n`).join(""));
  if (first === undefined) throw new Error("no whole answer");
  return first;
}
