// Which peers a route reaches, and with what: the export filters of all peers together.
import type { ConfiguredPeer, NodeConfig } from "../config/node-config.ts";
import type { Address } from "../model/address.ts";
import { compareAddresses } from "../model/address.ts";
import type { Asn } from "../model/asn.ts";
import type { Route, Variant } from "../model/route.ts";
import { compileExports } from "./export-filter.ts";
import type {
  ExportedAttributes,
  ExportTarget,
  ExportVerdict,
  NamedFilter,
  OwnRoute,
} from "./export-filter.ts";

/** Peers that are sent the same: rules are asked once for all of them. */
interface Group {
  readonly addresses: readonly Address[];
  readonly verdict: (route: OwnRoute) => ExportVerdict;
}

export interface Reach {
  /** Equal for equal answers to every route. */
  readonly key: string;
  readonly groups: readonly Group[];
}

/** Without filters everybody is sent everything as it is. */
export const everywhere: Reach = { key: "[]", groups: [] };

type Reached = Pick<Route, "notTo" | "variants">;

const toAll: Reached = { notTo: [], variants: [] };

export function reachOf({ asn, peers, filters }: Pick<NodeConfig, "asn" | "peers" | "filters">): Reach {
  const groups = new Map<string, ConfiguredPeer[]>();
  // Speakers tell neighbours apart by address: of two with one, the first by name has the session.
  const taken = new Set<Address>();
  for (const peer of peers) {
    if (taken.has(peer.address)) continue;
    taken.add(peer.address);
    if (peer.filters?.length === 0) continue;
    const key = JSON.stringify([targetOf(peer, asn), namedFilters(peer, filters)]);
    groups.set(key, [...(groups.get(key) ?? []), peer]);
  }
  if (groups.size === 0) return everywhere;
  return {
    key: JSON.stringify([...groups].map(([key, members]) => [key, members.map(({ address }) => address)])),
    groups: [...groups.values()].flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      const addresses = sorted(members.map(({ address }) => address));
      return [{ addresses, verdict: compileExports(namedFilters(first, filters), targetOf(first, asn)) }];
    }),
  };
}

/** @param nodeAsn which a session may have another one than */
export function targetOf({ asn, localAsn }: ConfiguredPeer, nodeAsn: Asn): ExportTarget {
  return { peerType: asn === localAsn ? "iBGP" : "eBGP", localAsn: nodeAsn };
}

/** null: it is not known which they are. */
export function namedFilters(
  { filters: names }: ConfiguredPeer,
  filters: NodeConfig["filters"],
): readonly NamedFilter[] | null {
  return names?.map((name) => ({ name, filter: filters.get(name) ?? null })) ?? null;
}

export function reached({ groups }: Reach, route: OwnRoute): Reached {
  if (groups.length === 0) return toAll;
  const closed: (readonly Address[])[] = [];
  const changed = new Map<
    string,
    { readonly lists: (readonly Address[])[]; readonly as: ExportedAttributes }
  >();
  for (const { addresses, verdict } of groups) {
    const decided = verdict(route);
    if (decided.t !== "accept") closed.push(addresses);
    else if (decided.changed) {
      const key = JSON.stringify(decided.attributes);
      const alike = changed.get(key);
      if (alike === undefined) changed.set(key, { lists: [addresses], as: decided.attributes });
      else alike.lists.push(addresses);
    }
  }
  const variants = [...changed.values()].map(({ lists, as }): Variant => ({ to: united(lists), ...as }));
  return { notTo: united(closed), variants: variants.sort((a, b) => compareFirst(a.to, b.to)) };
}

/** One list stays the very same: thousands of routes share it. */
function united(lists: readonly (readonly Address[])[]): readonly Address[] {
  const [first = []] = lists;
  return lists.length <= 1 ? first : sorted(lists.flat());
}

function compareFirst([a]: readonly Address[], [b]: readonly Address[]): number {
  return a === undefined || b === undefined ? 0 : compareAddresses(a, b);
}

function sorted(addresses: readonly Address[]): readonly Address[] {
  return [...new Set(addresses)].sort(compareAddresses);
}
