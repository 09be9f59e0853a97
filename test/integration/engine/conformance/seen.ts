// What a neighbour has to see of a route.
import { parseCommunity, parseLargeCommunity, uniqueCommunities } from "../../../../agent/model/community.ts";
import { familyOf } from "../../../../agent/model/address.ts";
import type { Peer } from "../../../../agent/model/peer.ts";
import { prefixFamily } from "../../../../agent/model/prefix.ts";
import type { Route } from "../../../../agent/model/route.ts";
import type { EngineRig, SeenRoute } from "./rig.ts";

/** BIRD's, where none was sent, and RFC 4271's usual one. */
const defaultLocalPref = 100;

export function asSeen(
  route: Route,
  peer: Peer,
  { own, medOfNone, instance }: Pick<EngineRig, "own" | "medOfNone" | "instance">,
): SeenRoute {
  const variant = route.variants.find(({ to }) => to.includes(peer.address));
  const { med, localPref, communities, largeCommunities } = variant ?? route;
  const path = variant?.path ?? Array.from({ length: route.prepend }, () => instance.asn);
  const internal = peer.asn === peer.localAsn;
  const source = peer.sourceAddress;
  const family = prefixFamily(route.prefix);
  const ownAddress = source !== null && familyOf(source) === family ? source : own[family];
  return {
    nextHop: route.nextHop ?? ownAddress,
    asPath: [...(internal ? [] : [peer.localAsn]), ...path].join(" "),
    origin: "IGP",
    med: med ?? medOfNone,
    localPref: internal ? (localPref ?? defaultLocalPref) : defaultLocalPref,
    communities,
    largeCommunities,
  };
}

/** In which order a message has communities means nothing. */
export function inOrder(seen: SeenRoute | undefined): SeenRoute | undefined {
  return seen && { ...seen, ...communities(...seen.communities, ...seen.largeCommunities) };
}

export function communities(...texts: readonly string[]): Pick<Route, "communities" | "largeCommunities"> {
  return {
    communities: uniqueCommunities(texts.map(parseCommunity).filter((community) => community !== null)),
    largeCommunities: uniqueCommunities(
      texts.map(parseLargeCommunity).filter((community) => community !== null),
    ),
  };
}
