// Routes for the configured CIDRs: every fit node announces them, whatever the services do.
import type { AddressSource, AllowEntry, NodeConfig } from "../config/node-config.ts";
import { comparePrefixes } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { isDefaultRoute, isReservedPrefix } from "../model/reserved.ts";

export const sources = [
  "clusterIPs",
  "externalIPs",
  "loadBalancerIPs",
] as const satisfies readonly AddressSource[];

/** `exact`: a host prefix, no aggregate. `reserved`: a default or reserved route. `disabled`: by serviceLoadBalancerAggregation. */
export type EntryRefusal = "exact" | "reserved" | "disabled";

/** Why an entry of a list is not announced as a whole; null: it is. */
export function entryRefusal(
  { aggregateLoadBalancerIPs }: NodeConfig,
  source: AddressSource,
  { prefix, exact }: AllowEntry,
): EntryRefusal | null {
  if (exact) return "exact";
  if (isReservedPrefix(prefix)) return "reserved";
  return source === "loadBalancerIPs" && !aggregateLoadBalancerIPs ? "disabled" : null;
}

/** CIDRs announced as a whole, sorted. */
export function aggregatePrefixes(config: NodeConfig): readonly Prefix[] {
  return entries(config, (source, entry) => entryRefusal(config, source, entry) === null);
}

/**
 * CIDRs in which traffic that no service takes must not leave the node again, sorted. A list that allows everything
 * guards nothing: the guard would drop what the node forwards for others.
 */
export function guardPrefixes(config: NodeConfig): readonly Prefix[] {
  return entries(config, (_source, { prefix }) => !isDefaultRoute(prefix));
}

function entries(
  config: NodeConfig,
  wanted: (source: AddressSource, entry: AllowEntry) => boolean,
): readonly Prefix[] {
  const found = new Set<Prefix>();
  for (const source of sources)
    for (const entry of config.allow[source] ?? []) if (wanted(source, entry)) found.add(entry.prefix);
  return [...found].sort(comparePrefixes);
}
