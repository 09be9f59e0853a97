// What the speaker is asked for: what is desired, less what this speaker cannot honour.
import type { Engine } from "../engine/contract.ts";
import { families } from "../model/family.ts";
import type { Filter } from "../model/filter.ts";
import type { Peer } from "../model/peer.ts";
import type { Problem } from "../model/problem.ts";
import type { Route } from "../model/route.ts";
import type { Desired } from "./desired.ts";

export interface Wish {
  readonly peers: readonly Peer[];
  /** Why peers are missing from the list. */
  readonly problems: readonly Problem[];
}

/** A route as this speaker can be asked for it: what it cannot tell apart by peer, no peer that is brought up asks for. */
export function wishedRoute<R extends Route | undefined>(route: R, { filters }: Engine): R {
  if (route === undefined || filters === "all") return route;
  const { notTo, variants } = route;
  if (variants.length === 0 && (notTo.length === 0 || filters === "reject")) return route;
  return { ...route, notTo: filters === "reject" ? notTo : [], variants: [] };
}

/** Peers that the engine refuses are left out and told, never brought up half configured. */
export function makeWish(desired: Desired, engine: Engine): Wish {
  const { peers } = desired.config;
  const problems = [...engine.refusals({ peers }), ...unhonouredFilters(desired, engine)];
  const refused = new Set(
    problems.filter(({ severity }) => severity === "error").map(({ object }) => object),
  );
  return { peers: peers.filter((peer) => !refused.has(`BGPPeer/${peer.name}`)), problems };
}

/** Without its filters a peer would be sent something else than it may be. */
function unhonouredFilters({ config }: Desired, engine: Engine): readonly Problem[] {
  if (engine.filters === "all") return [];
  return config.peers.flatMap((peer) => {
    const wanted =
      engine.filters === "none"
        ? peer.filters?.length !== 0
        : peer.filters?.some((name) => operates(config.filters.get(name))) === true;
    if (!wanted) return [];
    const beyond = engine.filters === "none" ? "filters" : "operations of filters";
    return {
      object: `BGPPeer/${peer.name}`,
      field: "spec.filters",
      severity: "error",
      message: `${beyond} are not available yet with ${engine.name}; the session is not brought up`,
    };
  });
}

function operates(filter: Filter | undefined): boolean {
  return families.some(
    (family) =>
      filter?.exports[family]?.some(({ action }) => action.t === "accept" && action.operations.length > 0) ===
      true,
  );
}
