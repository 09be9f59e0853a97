// The plan: all that a node's speaker must hold, and why. Plain data, sorted.
import type { NodeConfig } from "../config/node-config.ts";
import type { Node } from "../model/node.ts";
import { comparePrefixes } from "../model/prefix.ts";
import type { Peer } from "../model/peer.ts";
import type { Prefix } from "../model/prefix.ts";
import { compareProblems, compareText } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import { compareVerdicts } from "../model/verdict.ts";
import type { Verdict } from "../model/verdict.ts";
import { aggregatePrefixes, guardPrefixes } from "./aggregates.ts";
import { nextHops } from "./next-hops.ts";
import type { PlannedRoute } from "./planned-route.ts";
import type { RouteTable } from "./route-table.ts";

export interface PlannedPeer extends Peer {
  /** What the peer gets, of all that the node originates. */
  readonly routes: readonly Prefix[];
}

export interface Plan {
  readonly node: string;
  /** The node is excluded from external load balancers by its label. */
  readonly excluded: boolean;
  readonly routes: readonly PlannedRoute[];
  readonly verdicts: readonly Verdict[];
  readonly peers: readonly PlannedPeer[];
  /** CIDRs whose traffic must not leave the node again. */
  readonly guard: readonly Prefix[];
  readonly problems: readonly Problem[];
}

/** What the node may announce beside single services: nothing while `refused`. */
export function setCommon(
  table: RouteTable,
  config: NodeConfig,
  node: Node | undefined,
  refused: boolean,
): void {
  table.setCommon(refused ? [] : aggregatePrefixes(config), nextHops(node));
}

export interface PlanInput {
  readonly nodeName: string;
  readonly excluded: boolean;
  readonly config: NodeConfig;
  readonly table: RouteTable;
  /** All of them, configuration included. */
  readonly problems: readonly Problem[];
}

export function makePlan({ nodeName, excluded, config, table, problems }: PlanInput): Plan {
  const routes = [...table.routes()].sort((a, b) => comparePrefixes(a.prefix, b.prefix));
  const prefixes = routes.map((route) => route.prefix);
  return {
    node: nodeName,
    excluded,
    routes,
    verdicts: [...table.verdicts()].sort(compareVerdicts),
    peers: config.peers
      .map((peer) => ({ ...peer, routes: prefixes }))
      .sort((a, b) => compareText(a.name, b.name)),
    guard: guardPrefixes(config),
    problems: [...problems].sort(compareProblems),
  };
}

/** One warning for all routes that the node cannot originate. */
export function nextHopProblems(nodeName: string, table: RouteTable): readonly Problem[] {
  const missing = [...table.withoutNextHop()].sort(comparePrefixes);
  const [first] = missing;
  if (first === undefined) return [];
  const which = missing.length === 1 ? first : `${first} and ${missing.length - 1} more`;
  return [
    {
      object: `Node/${nodeName}`,
      field: "status.addresses",
      severity: "warning",
      message: `the node has no global IPv6 InternalIP to be the next hop of ${which}: not announced from here`,
    },
  ];
}
