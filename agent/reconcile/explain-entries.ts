// The entries of the allow lists as an explanation needs them: where each is written, and whether it is announced.
import type { AddressSource, AllowEntry } from "../config/node-config.ts";
import { isRecord } from "../config/spec.ts";
import { listFields } from "../decide/explain-facts.ts";
import type { View } from "../decide/view.ts";
import { parsePrefix, prefixContainer } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { reasonSentence } from "../model/reason.ts";
import { entryRefusal, sources } from "../plan/aggregates.ts";
import type { EntryRefusal } from "../plan/aggregates.ts";
import type { Cluster } from "../watch/cluster.ts";
import type { EntryExplanation } from "./explanation.ts";

/** Finds where a CIDR is written; what is not written there any more is the last value that was valid. */
export function entryPlace(cluster: Cluster, source: AddressSource, prefix: Prefix): string {
  const field = listFields[source];
  const spec = cluster.configurations.get("default")?.spec;
  const list: unknown = isRecord(spec) ? spec[field] : undefined;
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  const index = entries.findIndex(
    (entry) =>
      isRecord(entry) && typeof entry["cidr"] === "string" && parsePrefix(entry["cidr"])?.prefix === prefix,
  );
  return index < 0
    ? `${field} (as it last was valid, or from CALICO_ADVERTISE_CLUSTER_IPS)`
    : `BGPConfiguration/default spec.${field}[${index}].cidr`;
}

const refusals = {
  exact: "the entry is one address: it makes the host route wanted, and is no aggregate",
  reserved: "a default or reserved route is never sent; the entry allows addresses only",
  disabled: "BGPConfiguration/default spec.serviceLoadBalancerAggregation is Disabled",
} as const satisfies Record<EntryRefusal, string>;

/** The entries that are the prefix, or hold it. @param holds whether the node has a route for a prefix */
export function entriesFor(
  prefix: Prefix,
  view: View,
  cluster: Cluster,
  holds: (prefix: Prefix) => boolean,
): readonly EntryExplanation[] {
  return sources.flatMap((source) =>
    (view.config.allow[source] ?? [])
      .filter((entry) => prefixContainer(entry.prefix)(prefix))
      .map((entry) => ({
        place: entryPlace(cluster, source, entry.prefix),
        prefix: entry.prefix,
        announced: !entry.exact && holds(entry.prefix),
        says: entrySays(source, entry, view, holds(entry.prefix)),
      })),
  );
}

function entrySays(source: AddressSource, entry: AllowEntry, view: View, held: boolean): string {
  const refusal = entryRefusal(view.config, source, entry);
  if (refusal !== null) return refusals[refusal];
  if (view.nodeRefusal !== null) return reasonSentence(view.nodeRefusal);
  if (!held) return noNextHop;
  return reasonSentence(view.draining ? "Draining" : "Aggregate");
}

export const noNextHop = "the node has no global IPv6 InternalIP to be the next hop";
