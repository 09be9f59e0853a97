// The attributes of one route: what the prefix asks for, what its services ask for, and the marks of a drain.
import type { Advertisement } from "../config/node-config.ts";
import { gracefulShutdown, uniqueCommunities } from "../model/community.ts";
import type { Community, LargeCommunity } from "../model/community.ts";
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

/** More would only make UPDATE messages long; a route that fits into none of 4096 bytes could not be sent at all. */
export const communityLimits = { communities: 64, largeCommunities: 32 } as const;

/**
 * Communities are united, up to the limits: those of the configuration first, then owner by owner. MED, LOCAL_PREF and prepend come from the first owner that sets them, in the order given.
 *
 * @param owners what the services that announce the route ask for, by name
 */
export function routeAttributes(
  prefix: Prefix,
  owners: readonly ServiceAttributes[],
  advertisements: readonly Advertisement[],
  marked: boolean,
): RouteAttributes {
  const { communities, largeCommunities } = united(prefix, owners, advertisements);
  const kept = [...communities].slice(0, communityLimits.communities);
  return {
    communities: uniqueCommunities(marked ? [...kept, gracefulShutdown] : kept),
    largeCommunities: uniqueCommunities([...largeCommunities].slice(0, communityLimits.largeCommunities)),
    med: marked ? marks.med : first(owners, "med"),
    localPref: marked ? marks.localPref : first(owners, "localPref"),
    prepend: first(owners, "prepend") ?? 0,
  };
}

/** Whether a route has to leave out communities that it is asked to carry. */
export function isCrowded(
  prefix: Prefix,
  owners: readonly ServiceAttributes[],
  advertisements: readonly Advertisement[],
): boolean {
  const { communities, largeCommunities } = united(prefix, owners, advertisements);
  return (
    communities.size > communityLimits.communities || largeCommunities.size > communityLimits.largeCommunities
  );
}

/** In the order of their sources. */
function united(
  prefix: Prefix,
  owners: readonly ServiceAttributes[],
  advertisements: readonly Advertisement[],
): { readonly communities: ReadonlySet<Community>; readonly largeCommunities: ReadonlySet<LargeCommunity> } {
  const sources = [...advertisements.filter((advertisement) => advertisement.covers(prefix)), ...owners];
  return {
    communities: new Set(sources.flatMap((source) => source.communities)),
    largeCommunities: new Set(sources.flatMap((source) => source.largeCommunities)),
  };
}

/** Attributes that a route has once, whatever its owners ask for. */
export const singleAttributes = ["med", "localPref", "prepend"] as const;

function first(owners: readonly ServiceAttributes[], name: (typeof singleAttributes)[number]): number | null {
  return owners.find((owner) => owner[name] !== null)?.[name] ?? null;
}
