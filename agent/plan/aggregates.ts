// Routes for the configured CIDRs: every fit node announces them, whatever the services do.
import type { AddressSource, NodeConfig } from "../config/node-config.ts";
import { comparePrefixes } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { isDefaultRoute, isReservedPrefix } from "../model/reserved.ts";

const sources = ["clusterIPs", "externalIPs", "loadBalancerIPs"] as const satisfies readonly AddressSource[];

/** CIDRs announced as a whole, sorted. Exact entries are no aggregates; default and reserved routes are never sent. */
export function aggregatePrefixes(config: NodeConfig): readonly Prefix[] {
  const { aggregateLoadBalancerIPs } = config;
  const summed = aggregateLoadBalancerIPs
    ? sources
    : sources.filter((source) => source !== "loadBalancerIPs");
  return entries(config, summed, (prefix, exact) => !exact && !isReservedPrefix(prefix));
}

/**
 * CIDRs in which traffic that no service takes must not leave the node again, sorted. A list that allows everything
 * guards nothing: the guard would drop what the node forwards for others.
 */
export function guardPrefixes(config: NodeConfig): readonly Prefix[] {
  return entries(config, sources, (prefix) => !isDefaultRoute(prefix));
}

function entries(
  config: NodeConfig,
  from: readonly AddressSource[],
  wanted: (prefix: Prefix, exact: boolean) => boolean,
): readonly Prefix[] {
  const found = new Set<Prefix>();
  for (const source of from)
    for (const { prefix, exact } of config.allow[source] ?? []) if (wanted(prefix, exact)) found.add(prefix);
  return [...found].sort(comparePrefixes);
}
