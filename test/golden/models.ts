// What a speaker can be asked for, in a few wishes that together leave no option out: each engine writes them down, and
// its own parser judges.
import type { SpeakerWish } from "../../agent/engine/rendering.ts";
import { plainSession } from "../../agent/model/peer.ts";
import type { Peer, SessionSettings } from "../../agent/model/peer.ts";
import type { Route, Variant } from "../../agent/model/route.ts";
import { Secret } from "../../agent/model/secret.ts";
import { communities } from "../integration/engine/conformance/seen.ts";
import { address, asn, route } from "../integration/engine/conformance/trial.ts";

export type GoldenModel = SpeakerWish & { readonly routes: readonly Route[] };

const instance = { asn: asn(64512), routerId: address("192.168.1.10"), listenPort: 179 };
const ownIPv6 = address("fd01::10");
const [tor1, tor2, tor3] = [address("192.168.1.1"), address("192.168.1.2"), address("fd01::3")];

/** Of AS 64512, as is the node unless `more` says otherwise. */
function peer(name: string, at: string, more: Partial<Peer> = {}): Peer {
  const session = { ...plainSession, port: 179, asn: asn(64512), localAsn: asn(64512) };
  return { ...session, name, address: address(at), ...more };
}

/** One peer for each setting that a session can have, and its name. */
const sessions: Readonly<Record<keyof SessionSettings, Partial<SessionSettings>>> = {
  holdTimeSeconds: { holdTimeSeconds: 90, keepaliveSeconds: 3 },
  keepaliveSeconds: { holdTimeSeconds: 3, keepaliveSeconds: 1 },
  password: { password: new Secret("correct-horse") },
  sourceAddress: { sourceAddress: address("192.168.1.10") },
  multihop: { multihop: true },
  ttlSecurityHops: { ttlSecurityHops: 1 },
  allowedLocalAsns: { allowedLocalAsns: 2 },
  gracefulRestartSeconds: { gracefulRestartSeconds: 20 },
  bfdIntervalMs: { bfdIntervalMs: 300 },
};

/** The same for what says whom the session is with. */
const neighbours: Readonly<Record<Exclude<keyof Peer, keyof SessionSettings | "name">, Partial<Peer>>> = {
  address: { address: address("fd01::77") },
  port: { port: 1179 },
  asn: { asn: asn(64512) },
  localAsn: { localAsn: asn(65010) },
};

/** `holdTimeSeconds` → `hold-time-seconds`: as objects are called. */
const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const attributes = {
  ...communities("64512:100", "65535:0", "64512:1:2", "4294967294:0:4294967295"),
  med: 0,
  localPref: 0,
};

const variant = (more: Partial<Variant>): Variant => ({
  to: [tor1],
  path: [],
  communities: [],
  largeCommunities: [],
  med: null,
  localPref: null,
  ...more,
});

/** One of each attribute that a route can have, and of each that a neighbour can be sent instead. */
const routeOptions: Readonly<Record<Exclude<keyof Route, "prefix">, Partial<Route>>> = {
  nextHop: { nextHop: address("192.168.1.11") },
  communities: communities("64512:100"),
  largeCommunities: communities("64512:1:2"),
  med: { med: 50 },
  localPref: { localPref: 200 },
  prepend: { prepend: 1 },
  notTo: { notTo: [tor1] },
  variants: { variants: [variant({})] },
};
const variantOptions: Readonly<Record<keyof Variant, Partial<Variant>>> = {
  to: { to: [tor1, tor3] },
  path: { path: [asn(65100)] },
  communities: communities("64512:7"),
  largeCommunities: communities("64512:7:7"),
  med: { med: 5 },
  localPref: { localPref: 250 },
};

export const models = {
  empty: { instance, peers: [], routes: [] },

  everyday: {
    instance,
    peers: [peer("tor1", "192.168.1.1"), peer("tor2", "192.168.1.2")],
    routes: [
      route("10.49.0.0/16"),
      route("10.49.62.131/32"),
      route("192.168.3.7/32", communities("64512:100")),
      route("fd49::/112", { nextHop: ownIPv6 }),
      route("fd49::1/128", { nextHop: ownIPv6 }),
    ],
  },

  sessions: {
    instance,
    peers: Object.entries({ ...sessions, ...neighbours }).map(([name, settings], index) =>
      peer(kebab(name), `192.168.2.${index + 1}`, { asn: asn(65001 + index), ...settings }),
    ),
    routes: [],
  },

  "sessions-all-at-once": {
    instance: { ...instance, listenPort: 1179 },
    peers: [
      peer("external", "192.168.1.1", {
        asn: asn(65001),
        localAsn: asn(65010),
        port: 1179,
        holdTimeSeconds: 30,
        keepaliveSeconds: 10,
        password: new Secret("!#'{}[]();|\\$%&<>?*~`ü€𝄞{{x}}${{x}}"),
        sourceAddress: address("192.168.1.10"),
        ttlSecurityHops: 1,
        allowedLocalAsns: 1,
        gracefulRestartSeconds: 20,
        bfdIntervalMs: 300,
      }),
      peer("distant", "fd02::1", {
        asn: asn(65002),
        sourceAddress: ownIPv6,
        ttlSecurityHops: 254,
        gracefulRestartSeconds: 20,
      }),
      peer("internal", "fd01::3", { sourceAddress: ownIPv6, gracefulRestartSeconds: 20, bfdIntervalMs: 10 }),
      peer("far", "203.0.113.1", {
        asn: asn(65003),
        multihop: true,
        holdTimeSeconds: 3,
        keepaliveSeconds: 1,
      }),
    ],
    routes: [],
  },

  "single-attributes": {
    instance,
    peers: [peer("tor1", "192.168.1.1"), peer("tor3", "fd01::3", { asn: asn(65001) })],
    routes: [
      ...Object.values(routeOptions).map((only, index) => route(`10.49.1.${index}/32`, only)),
      ...Object.values(variantOptions).map((only, index) =>
        route(`10.49.2.${index}/32`, { variants: [variant(only)] }),
      ),
    ],
  },

  attributes: {
    instance,
    peers: [peer("tor1", "192.168.1.1"), peer("tor3", "fd01::3", { asn: asn(65001) })],
    routes: [
      route("10.49.0.0/16", { nextHop: address("192.168.1.11") }),
      route("10.49.0.1/32", { med: 0 }),
      route("10.49.0.2/32", { med: 4294967295 }),
      route("10.49.0.3/32", { localPref: 0 }),
      route("10.49.0.4/32", { localPref: 4294967295 }),
      route("10.49.0.5/32", { prepend: 1 }),
      route("10.49.0.6/32", { prepend: 16 }),
      route("10.49.0.7/32", communities("0:0", "64512:100", "65535:0", "65535:65281", "65535:65535")),
      route("10.49.0.8/32", communities("0:0:0", "64512:1:2", "4294967294:4294967295:4294967295")),
      route("10.49.0.9/32", { ...attributes, prepend: 2, nextHop: address("192.168.1.11") }),
      route("10.49.0.10/32", { ...attributes, prepend: 2, nextHop: address("192.168.1.11") }),
      route("fd49::1/128", { ...attributes, prepend: 2, nextHop: ownIPv6 }),
      route("fd49::2/128"),
      route("203.0.113.0/25"),
      route("2001:db8::/64"),
    ],
  },

  filters: {
    instance,
    peers: [
      peer("tor1", "192.168.1.1"),
      peer("tor2", "192.168.1.2", { asn: asn(65001) }),
      peer("tor3", "fd01::3", { asn: asn(65002) }),
    ],
    routes: [
      route("10.49.0.1/32", { notTo: [tor1] }),
      route("10.49.0.2/32", { notTo: [tor1, tor2, tor3] }),
      route("10.49.0.3/32", { variants: [variant({ to: [tor1, tor2] })], notTo: [tor3] }),
      route("10.49.0.4/32", {
        ...attributes,
        prepend: 2,
        variants: [
          variant({ to: [tor1], ...communities("64512:7"), med: 5, localPref: 250 }),
          variant({ to: [tor2], ...communities("64512:7:7", "64512:8:8"), med: 0 }),
          variant({
            to: [tor3],
            path: [asn(65100), asn(4200000002)],
            localPref: 0,
            ...communities("64512:9", "65535:0"),
          }),
        ],
      }),
      route("10.49.0.5/32", { variants: [variant({ to: [tor1], path: [asn(64512), asn(64512)] })] }),
      route("fd49::1/128", { nextHop: ownIPv6, notTo: [tor1, tor3] }),
      route("fd49::2/128", {
        nextHop: ownIPv6,
        variants: [
          variant({ to: [tor2], ...communities("64512:7", "1:2:3") }),
          variant({ to: [tor3], med: 1 }),
        ],
      }),
      // Of a neighbour that is not there.
      route("10.49.0.6/32", { notTo: [address("198.51.100.9")] }),
    ],
  },

  "four-octet": {
    instance: { asn: asn(4200000001), routerId: address("192.168.1.10"), listenPort: 179 },
    peers: [
      peer("tor1", "192.168.1.1", { asn: asn(4200000002), localAsn: asn(4200000001) }),
      peer("tor2", "192.168.1.2", { asn: asn(4294967294), localAsn: asn(4200000003) }),
      peer("tor3", "fd01::3", { asn: asn(4200000001), localAsn: asn(4200000001) }),
    ],
    routes: [
      route("10.49.0.1/32", { prepend: 3 }),
      route("10.49.0.2/32", {
        variants: [variant({ to: [tor1], path: [asn(4294967294)] })],
        notTo: [tor3],
      }),
    ],
  },

  "not-listening": {
    instance: { ...instance, listenPort: -1 },
    peers: [peer("tor1", "192.168.1.1")],
    routes: [route("10.49.0.1/32")],
  },
} as const satisfies Readonly<Record<string, GoldenModel>>;

/** What an engine says that it cannot do of one of them. */
export const beyond: ReadonlyMap<string, readonly string[]> = new Map([
  ["frr: sessions-all-at-once", ["BGPPeer/internal spec"]],
  ["bird: not-listening", ["BGPConfiguration/default spec.listenPort"]],
]);
