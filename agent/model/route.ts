// A route that the node originates, with the attributes its speaker sends.
import type { Address } from "./address.ts";
import type { Asn } from "./asn.ts";
import type { Community, LargeCommunity } from "./community.ts";
import type { Prefix } from "./prefix.ts";

/** ORIGIN is always IGP and the AS_PATH empty but for `prepend`: ToRs compare them across nodes for ECMP. */
export interface Route {
  readonly prefix: Prefix;
  /** null: the speaker's own address on the session. IPv6 over an IPv4 session needs an explicit one. */
  readonly nextHop: Address | null;
  /** Sorted numerically, each once. */
  readonly communities: readonly Community[];
  readonly largeCommunities: readonly LargeCommunity[];
  /** MULTI_EXIT_DISC; null: not sent. */
  readonly med: number | null;
  /** LOCAL_PREF towards iBGP peers; null: the speaker's default, 100. */
  readonly localPref: number | null;
  /** How many times the local AS is put in front once more. */
  readonly prepend: number;
  /** Neighbours that must not be sent the route, sorted; empty: everybody is sent it. */
  readonly notTo: readonly Address[];
  /** What some neighbours are sent instead: no neighbour twice, no two alike, sorted by the first neighbour of each. */
  readonly variants: readonly Variant[];
}

/**
 * A route as some neighbours are to be sent it. Next hop and ORIGIN are the route's own; it has communities and AS
 * numbers more than the route, never fewer.
 */
export interface Variant extends Pick<Route, "communities" | "largeCommunities" | "med" | "localPref"> {
  /** Sorted; none of them in `notTo`. */
  readonly to: readonly Address[];
  /** AS_PATH before the speaker puts its own number in front: what the route's `prepend` makes of it, or more. */
  readonly path: readonly Asn[];
}

/** A route with no attributes of its own, over the speaker's own address. */
export function plainRoute(prefix: Prefix): Route {
  const attributes = { communities: [], largeCommunities: [], med: null, localPref: null, prepend: 0 };
  return { prefix, nextHop: null, ...attributes, notTo: [], variants: [] };
}

/** Do both say the same to a peer? */
export function sameRoute(a: Route, b: Route): boolean {
  return (
    a.prefix === b.prefix &&
    a.nextHop === b.nextHop &&
    a.med === b.med &&
    a.localPref === b.localPref &&
    a.prepend === b.prepend &&
    sameList(a.communities, b.communities) &&
    sameList(a.largeCommunities, b.largeCommunities) &&
    sameList(a.notTo, b.notTo) &&
    sameList(a.variants, b.variants, sameVariant)
  );
}

function sameVariant(a: Variant, b: Variant): boolean {
  return (
    sameList(a.to, b.to) &&
    a.med === b.med &&
    a.localPref === b.localPref &&
    sameList(a.path, b.path) &&
    sameList(a.communities, b.communities) &&
    sameList(a.largeCommunities, b.largeCommunities)
  );
}

function sameList<T>(
  a: readonly T[],
  b: readonly T[],
  same: (left: T, right: T) => boolean = Object.is,
): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((entry, index) => same(entry, b[index] ?? entry));
}
