// A plan and its parts as the JSON that users meet: `bellman plan -o json` and the agent's API.
import type { SessionSettings } from "../model/peer.ts";
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

/** What a session is asked for; of a password, only whether there is one. */
export type SettingsJson = Readonly<Record<keyof SessionSettings, string | number | null>>;

export interface PlannedPeerJson extends PeerJson {
  readonly session: SettingsJson;
}

export interface PlanJson extends Pick<Plan, "node" | "excluded" | "verdicts" | "guard" | "problems"> {
  readonly routes: readonly RouteJson[];
  readonly peers: readonly PlannedPeerJson[];
}

/** The whole plan, with its keys in the documented order. */
export function planJson(plan: Plan): PlanJson {
  return {
    node: plan.node,
    excluded: plan.excluded,
    routes: plan.routes.map(routeJson),
    verdicts: plan.verdicts.map(verdictJson),
    peers: plan.peers.map((peer) => ({ ...peerJson(peer), session: settingsJson(peer) })),
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

function settingsJson(peer: PlannedPeer): SettingsJson {
  const { holdTimeSeconds, keepaliveSeconds, sourceAddress, ttlSecurityHops, allowedLocalAsns } = peer;
  const { gracefulRestartSeconds, bfdIntervalMs } = peer;
  return {
    holdTimeSeconds,
    keepaliveSeconds,
    password: peer.password === null ? null : "set",
    sourceAddress,
    multihop: peer.multihop ? "on" : null,
    ttlSecurityHops,
    allowedLocalAsns,
    gracefulRestartSeconds,
    bfdIntervalMs,
  };
}

export function problemJson(problem: Problem): Problem {
  const { object, field, severity, message } = problem;
  return { object, field, severity, message };
}
