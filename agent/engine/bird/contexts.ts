// What the templates of templates/bird/ are given. Only texts of validated model types, or made of them: nothing else
// may reach a template. Numbers are decimal text, so that 0 counts as being there.
import type { Address } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import { communityNumbers } from "../../model/community.ts";
import type { Community, LargeCommunity } from "../../model/community.ts";
import type { Peer } from "../../model/peer.ts";
import type { Route, Variant } from "../../model/route.ts";
import type { BgpInstance } from "../contract.ts";
import { plainName } from "../peer-note.ts";
import { idOf } from "./names.ts";

/** `route.hbs`: one route. Its text stands inside `protocol static`. */
export interface RouteContext extends AttributesContext {
  /** `192.0.2.1/32`, `2001:db8::/64` */
  readonly prefix: string;
  /** Is there anything but the prefix? */
  readonly attributes: boolean;
  /** null: the address of the session. */
  readonly nextHop: string | null;
  /** Ids of neighbours (`192_168_1_1`, `fd01__1`) that must not be sent the route. */
  readonly notTo: readonly string[];
  /** What single neighbours are sent instead, each once. */
  readonly variants: readonly VariantContext[];
}

export interface AttributesContext {
  /** MULTI_EXIT_DISC, 0 to 4294967295; null: none is sent. */
  readonly med: string | null;
  /** LOCAL_PREF towards iBGP neighbours, 0 to 4294967295; null: 100, as BIRD has it. */
  readonly localPref: string | null;
  /** AS numbers to be put in front of an empty AS_PATH, one after the other: the last comes to stand first. */
  readonly path: readonly string[];
  /** RFC 1997, 16 bits each. */
  readonly communities: readonly { readonly high: string; readonly low: string }[];
  /** RFC 8092, 32 bits each. */
  readonly largeCommunities: readonly {
    readonly global: string;
    readonly local1: string;
    readonly local2: string;
  }[];
}

export interface VariantContext extends AttributesContext {
  /** The neighbour's. */
  readonly id: string;
}

/** `services.hbs`: the file with the routes. */
export interface ServicesContext {
  /** Ids of the neighbours that routes are told apart by, and of those that there are. */
  readonly neighbors: readonly string[];
  /** The routes as `route.hbs` makes them, a note for the agent behind each; empty: none. */
  readonly ipv4: string;
  readonly ipv6: string;
}

/** `peer.hbs`: one session, with its filter. */
export interface PeerContext {
  /** `192_168_1_1`, `fd01__1`: of its address. */
  readonly id: string;
  /** Of the BGPPeer object: letters, digits, `-` and `.`. */
  readonly name: string;
  readonly address: string;
  /** TCP port of the neighbour. */
  readonly port: string;
  /** Of the neighbour. */
  readonly asn: string;
  readonly localAsn: string;
  /** IPv4 address. */
  readonly routerId: string;
  /** TCP port that BIRD accepts sessions on; null: BIRD's own choice, 179. */
  readonly listenPort: string | null;
  readonly holdTimeSeconds: string;
  readonly keepaliveSeconds: string;
  /** Without quotation marks and line ends, which BIRD cannot write; null: none. */
  readonly password: string | null;
  /** null: as the node's routes choose. */
  readonly sourceAddress: string | null;
  /** Greatest number of hops to the neighbour, 1 to 255; null: as is BIRD's way, 1 to external and 64 to internal ones. */
  readonly multihop: string | null;
  /** The neighbour is on the same link, also an internal one. */
  readonly direct: boolean;
  readonly ttlSecurity: boolean;
  /** How often the local AS number may stand in a received path; null: never. */
  readonly allowedLocalAsns: string | null;
  /** Restart time (RFC 4724); null: no graceful restart. */
  readonly gracefulRestartSeconds: string | null;
  /** Interval of BFD packets in milliseconds; null: no BFD. */
  readonly bfdIntervalMs: string | null;
}

/** `peers.hbs`: the file with the sessions. */
export interface PeersContext {
  /** Some session has BFD, and bird.conf has no `protocol bfd` of its own. */
  readonly bfd: boolean;
  /** The sessions as `peer.hbs` makes them, a note for the agent behind each; empty: none. */
  readonly peers: string;
}

const maxHops = 255;

/** @param asn that the route's path is prolonged with */
export function routeContext(route: Omit<Route, "prefix">, prefix: string, asn: Asn): RouteContext {
  const { notTo, variants, nextHop, prepend } = route;
  const path = Array.from({ length: prepend }, () => asn);
  const context = {
    prefix,
    nextHop,
    ...attributesContext({ ...route, path }),
    notTo: notTo.map(idOf),
    variants: variants.flatMap((variant) =>
      variant.to.map((address) => ({ id: idOf(address), ...attributesContext(variant) })),
    ),
  };
  const lists = [context.path, context.communities, context.largeCommunities, notTo, variants];
  const attributes =
    lists.some((list) => list.length > 0) ||
    nextHop !== null ||
    route.med !== null ||
    route.localPref !== null;
  return { ...context, attributes };
}

function attributesContext({
  med,
  localPref,
  path,
  communities,
  largeCommunities,
}: Omit<Variant, "to">): AttributesContext {
  return {
    med: decimal(med),
    localPref: decimal(localPref),
    path: [...path].reverse().map(String),
    communities: communities.map((community) => {
      const [high = "", low = ""] = numbers(community);
      return { high, low };
    }),
    largeCommunities: largeCommunities.map((community) => {
      const [global = "", local1 = "", local2 = ""] = numbers(community);
      return { global, local1, local2 };
    }),
  };
}

export function peerContext(peer: Peer, { routerId, listenPort }: BgpInstance): PeerContext {
  const { ttlSecurityHops, bfdIntervalMs, allowedLocalAsns } = peer;
  // Single-hop BFD and a TTL of one hop are with neighbours on the same link, which BIRD does not take for granted.
  const direct =
    !peer.multihop && (ttlSecurityHops === 1 || (ttlSecurityHops === null && bfdIntervalMs !== null));
  const hops = ttlSecurityHops ?? (peer.multihop ? maxHops : null);
  return {
    id: idOf(peer.address),
    name: plainName(peer.name),
    address: peer.address,
    port: String(peer.port),
    asn: String(peer.asn),
    localAsn: String(peer.localAsn),
    routerId,
    listenPort: listenPort < 0 ? null : String(listenPort),
    holdTimeSeconds: String(peer.holdTimeSeconds),
    keepaliveSeconds: String(peer.keepaliveSeconds),
    password: peer.password?.reveal() ?? null,
    sourceAddress: peer.sourceAddress,
    multihop: direct ? null : decimal(hops),
    direct,
    ttlSecurity: ttlSecurityHops !== null,
    allowedLocalAsns: allowedLocalAsns === 0 ? null : String(allowedLocalAsns),
    gracefulRestartSeconds: decimal(peer.gracefulRestartSeconds),
    bfdIntervalMs: decimal(bfdIntervalMs),
  };
}

/** Orders neighbours, so that one set makes one text. */
export function idsOf(addresses: Iterable<Address>): readonly string[] {
  return [...new Set([...addresses].map(idOf))].sort();
}

function decimal(number: number | null): string | null {
  return number === null ? null : String(number);
}

function numbers(community: Community | LargeCommunity): readonly string[] {
  return communityNumbers(community).map(String);
}
