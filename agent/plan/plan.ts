// The plan: all that a node's speaker must hold, and why. Plain data, sorted.
import type { ConfiguredPeer, NodeConfig } from "../config/node-config.ts";
import type { Address } from "../model/address.ts";
import { comparePrefixes } from "../model/prefix.ts";
import type { Peer } from "../model/peer.ts";
import type { Prefix } from "../model/prefix.ts";
import { compareProblems, compareText } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import { compareVerdicts } from "../model/verdict.ts";
import type { Variant } from "../model/route.ts";
import type { Verdict } from "../model/verdict.ts";
import { guardPrefixes } from "./aggregates.ts";
import type { PlannedRoute } from "./planned-route.ts";
import { communityLimits, singleAttributes } from "./route-attributes.ts";
import type { RouteTable } from "./route-table.ts";

export interface PlannedPeer extends Peer {
  /** What the peer gets, of all that the node originates. */
  readonly routes: readonly Prefix[];
  /** Those of them that it gets with other attributes than the route's own. */
  readonly changes: readonly PeerRoute[];
}

/** A route as one peer gets it. */
export interface PeerRoute extends Omit<Variant, "to"> {
  readonly prefix: Prefix;
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
  return {
    node: nodeName,
    excluded,
    routes,
    verdicts: [...table.verdicts()].sort(compareVerdicts),
    peers: plannedPeers(config.peers, routes),
    guard: guardPrefixes(config),
    problems: [...problems].sort(compareProblems),
  };
}

/** Looks at each route's lists once: there may be many peers and many routes. */
function plannedPeers(
  peers: readonly ConfiguredPeer[],
  routes: readonly PlannedRoute[],
): readonly PlannedPeer[] {
  const withheld = new Map<Address, Set<Prefix>>();
  const changes = new Map<Address, PeerRoute[]>();
  for (const { prefix, notTo, variants } of routes) {
    for (const address of notTo) withheld.set(address, (withheld.get(address) ?? new Set()).add(prefix));
    for (const { to, communities, largeCommunities, med, localPref, path } of variants) {
      const change = { prefix, communities, largeCommunities, med, localPref, path };
      for (const address of to) {
        const known = changes.get(address);
        if (known === undefined) changes.set(address, [change]);
        else known.push(change);
      }
    }
  }
  const all = routes.map(({ prefix }) => prefix);
  return peers
    .map((peer): PlannedPeer => {
      const not = withheld.get(peer.address);
      const sent = not === undefined ? all : all.filter((prefix) => !not.has(prefix));
      return { ...peer, routes: sent, changes: changes.get(peer.address) ?? [] };
    })
    .sort((a, b) => compareText(a.name, b.name));
}

/** What cannot be announced as asked, although every object by itself is right. */
export function tableProblems(nodeName: string, table: RouteTable): readonly Problem[] {
  return [
    ...nextHopProblems(nodeName, table),
    ...conflictProblems(table),
    ...prependProblems(table),
    ...crowdProblems(table),
  ];
}

/** One warning for all routes that the node cannot originate. */
function nextHopProblems(nodeName: string, table: RouteTable): readonly Problem[] {
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

const annotationOf = { med: "med", localPref: "local-pref", prepend: "prepend" } as const;

/** Services that share an address, but ask for other values of what a route has once: all but the first are told. */
function conflictProblems(table: RouteTable): readonly Problem[] {
  return [...table.shared()].flatMap((prefix) => {
    const owners = table.owners(prefix);
    return singleAttributes.flatMap((name) => {
      const [holder, ...others] = owners.filter((owner) => owner.attributes[name] !== null);
      return others
        .filter((other) => other.attributes[name] !== holder?.attributes[name])
        .map((other): Problem => ({
          object: `Service/${other.service}`,
          field: `metadata.annotations[bellman.bgp/${annotationOf[name]}]`,
          severity: "warning",
          message: `differs from Service/${holder?.service ?? ""}, which shares ${prefix} and comes first by name: the value there holds`,
        }));
    });
  });
}

function prependProblems(table: RouteTable): readonly Problem[] {
  return [...new Set(table.unprepended())].map((service) => ({
    object: `Service/${service}`,
    field: "metadata.annotations[bellman.bgp/prepend]",
    severity: "warning",
    message:
      "an iBGP peer would drop a route with its own AS number in the path: announced without a prepend",
  }));
}

function crowdProblems(table: RouteTable): readonly Problem[] {
  const { communities, largeCommunities } = communityLimits;
  return [...table.crowded()].map((prefix) => {
    const last = table.owners(prefix).at(-1);
    return {
      object: last === undefined ? "BGPConfiguration/default" : `Service/${last.service}`,
      field:
        last === undefined ? "spec.prefixAdvertisements" : "metadata.annotations[bellman.bgp/communities]",
      severity: "error",
      message: `${prefix} would carry more than ${communities} communities or ${largeCommunities} large ones: those beyond are left out`,
    };
  });
}
