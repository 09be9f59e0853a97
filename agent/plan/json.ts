// A plan and its parts as the JSON that users meet: `bellman plan -o json` and the agent's API.
import type { Problem } from "../model/problem.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Plan, PlannedPeer } from "./plan.ts";
import type { PlannedRoute } from "./planned-route.ts";

export type RouteJson = Omit<PlannedRoute, "nextHop" | "notTo" | "variants">;
export interface PeerJson extends Pick<
  PlannedPeer,
  "name" | "address" | "port" | "asn" | "localAsn" | "routes"
> {
  /** Left out where there are none. */
  readonly changes?: PlannedPeer["changes"];
}

export interface PlanJson extends Pick<Plan, "node" | "excluded" | "verdicts" | "guard" | "problems"> {
  readonly routes: readonly RouteJson[];
  readonly peers: readonly PeerJson[];
}

/** The whole plan, with its keys in the documented order. */
export function planJson(plan: Plan): PlanJson {
  return {
    node: plan.node,
    excluded: plan.excluded,
    routes: plan.routes.map(routeJson),
    verdicts: plan.verdicts.map(verdictJson),
    peers: plan.peers.map(peerJson),
    guard: plan.guard,
    problems: plan.problems.map(problemJson),
  };
}

export function routeJson(route: PlannedRoute): RouteJson {
  const { prefix, reason, services, communities, largeCommunities, med, localPref, prepend } = route;
  return { prefix, reason, services, communities, largeCommunities, med, localPref, prepend };
}

export function verdictJson(verdict: Verdict): Verdict {
  const { service, address, prefix } = verdict;
  if (verdict.announce)
    return {
      service,
      address: verdict.address,
      prefix: verdict.prefix,
      announce: true,
      reason: verdict.reason,
    };
  return { service, address, prefix, announce: false, reason: verdict.reason };
}

export function peerJson(peer: PlannedPeer): PeerJson {
  const { name, address, port, asn, localAsn, routes, changes } = peer;
  const known = { name, address, port, asn, localAsn, routes };
  return changes.length === 0 ? known : { ...known, changes };
}

export function problemJson(problem: Problem): Problem {
  const { object, field, severity, message } = problem;
  return { object, field, severity, message };
}
