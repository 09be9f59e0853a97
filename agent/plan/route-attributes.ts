// The attributes of one route: what the prefix asks for, what its services ask for, and the marks of a drain.
import type { Advertisement } from "../config/node-config.ts";
import { gracefulShutdown, uniqueCommunities } from "../model/community.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Route } from "../model/route.ts";
import type { ServiceAttributes } from "./service-attributes.ts";

export type RouteAttributes = Pick<
  Route,
  "communities" | "largeCommunities" | "med" | "localPref" | "prepend"
>;

/**
 * Marks of a route that is about to go: GRACEFUL_SHUTDOWN (RFC 8326) for routers that know it, the worst MED but one
 * and LOCAL_PREF 0 for those that do not. LOCAL_PREF reaches iBGP peers only.
 */
const marks = { med: 0xffff_fffe, localPref: 0 } as const;

/**
 * Communities are united. MED, LOCAL_PREF and prepend come from the first owner that sets them, in the order given.
 *
 * @param owners what the services that announce the route ask for, by name
 */
export function routeAttributes(
  prefix: Prefix,
  owners: readonly ServiceAttributes[],
  advertisements: readonly Advertisement[],
  marked: boolean,
): RouteAttributes {
  const sources = [...advertisements.filter((advertisement) => advertisement.covers(prefix)), ...owners];
  const communities = sources.flatMap((source) => source.communities);
  const largeCommunities = sources.flatMap((source) => source.largeCommunities);
  return {
    communities: uniqueCommunities(marked ? [...communities, gracefulShutdown] : communities),
    largeCommunities: uniqueCommunities(largeCommunities),
    med: marked ? marks.med : first(owners, "med"),
    localPref: marked ? marks.localPref : first(owners, "localPref"),
    prepend: first(owners, "prepend") ?? 0,
  };
}

const single = ["med", "localPref", "prepend"] as const;

/** Which attribute of the owners' can only have one value, and has several. */
export function conflicts(owners: readonly ServiceAttributes[]): readonly (typeof single)[number][] {
  return single.filter((name) => new Set(owners.map((owner) => owner[name])).size > 1);
}

function first(owners: readonly ServiceAttributes[], name: (typeof single)[number]): number | null {
  return owners.find((owner) => owner[name] !== null)?.[name] ?? null;
}
