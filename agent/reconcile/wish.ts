// What the speaker is asked for: what is desired, less what this speaker cannot honour.
import type { ConfiguredPeer } from "../config/node-config.ts";
import type { Engine } from "../engine/contract.ts";
import type { Peer } from "../model/peer.ts";
import type { Problem } from "../model/problem.ts";
import type { Route } from "../model/route.ts";
import type { Desired } from "./desired.ts";

export interface Wish {
  readonly peers: readonly Peer[];
  /** Why peers are missing from the list. */
  readonly problems: readonly Problem[];
}

/** A route as this speaker can be asked for it: one that cannot tell peers apart has none with filters. */
export function wishedRoute<R extends Route | undefined>(route: R, engine: Engine): R {
  if (route === undefined || engine.filters || (route.notTo.length === 0 && route.variants.length === 0))
    return route;
  return { ...route, notTo: [], variants: [] };
}

/** Peers that the engine refuses are left out and told, never brought up half configured. */
export function makeWish(desired: Desired, engine: Engine): Wish {
  const { peers } = desired.config;
  const problems = [...engine.refusals({ peers }), ...(engine.filters ? [] : withFilters(peers, engine))];
  const refused = new Set(
    problems.filter(({ severity }) => severity === "error").map(({ object }) => object),
  );
  return { peers: peers.filter((peer) => !refused.has(`BGPPeer/${peer.name}`)), problems };
}

/** Without its filters a peer would be sent more than it may be. */
function withFilters(peers: readonly ConfiguredPeer[], engine: Engine): readonly Problem[] {
  return peers
    .filter(({ filters }) => filters?.length !== 0)
    .map(({ name }) => ({
      object: `BGPPeer/${name}`,
      field: "spec.filters",
      severity: "error",
      message: `filters are not available yet with ${engine.name}; the session is not brought up`,
    }));
}
