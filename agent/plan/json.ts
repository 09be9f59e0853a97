// A plan and its parts as the JSON that users meet: `bellman plan -o json` and the agent's API.
import type { Problem } from "../model/problem.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Plan, PlannedPeer } from "./plan.ts";
import type { PlannedRoute } from "./planned-route.ts";

/** The whole plan, with its keys in the documented order. */
export function planJson(plan: Plan): object {
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

export function routeJson(route: PlannedRoute): object {
  const { prefix, reason, services, communities, largeCommunities, med, localPref, prepend } = route;
  return { prefix, reason, services, communities, largeCommunities, med, localPref, prepend };
}

export function verdictJson(verdict: Verdict): object {
  const { service, address, prefix, announce, reason } = verdict;
  return { service, address, prefix, announce, reason };
}

export function peerJson(peer: PlannedPeer): object {
  const { name, address, port, asn, localAsn, routes } = peer;
  return { name, address, port, asn, localAsn, routes };
}

export function problemJson(problem: Problem): object {
  const { object, field, severity, message } = problem;
  return { object, field, severity, message };
}
