// What holds for all routes of a node, and which routes a change of it may concern.
import type { Advertisement, NodeConfig } from "../config/node-config.ts";
import { families } from "../model/family.ts";
import type { Node } from "../model/node.ts";
import { prefixFamily } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { isReservedPrefix } from "../model/reserved.ts";
import { aggregatePrefixes } from "./aggregates.ts";
import { nextHops } from "./next-hops.ts";
import type { NextHops } from "./next-hops.ts";
import { everywhere, reachOf } from "./reach.ts";
import type { Reach } from "./reach.ts";
import type { ServiceAttributes } from "./service-attributes.ts";

export interface Common {
  readonly aggregates: ReadonlySet<Prefix>;
  readonly podCidrs: ReadonlySet<Prefix>;
  readonly nextHops: NextHops;
  readonly advertisements: readonly Advertisement[];
  /**
   * false: no AS number is put in front. An iBGP neighbour would take its own number in the path for a loop
   * (RFC 4271 §9.1.2) and drop the route.
   */
  readonly prepends: boolean;
  /** The node is drained: its aggregates are marked, as its host routes are by their verdicts. */
  readonly draining: boolean;
  /** Which peers a route reaches. */
  readonly reach: Reach;
}

export const nothingCommon: Common = {
  aggregates: new Set(),
  podCidrs: new Set(),
  nextHops: { ipv4: null, ipv6: undefined },
  advertisements: [],
  prepends: true,
  draining: false,
  reach: everywhere,
};

/** No aggregate while the node is `refused`; pod CIDRs do not depend on that. */
export function commonOf(view: {
  readonly node: Node | undefined;
  readonly config: NodeConfig;
  readonly refused: boolean;
  readonly draining: boolean;
  readonly podCidrs: boolean;
}): Common {
  const { node, config, refused, draining, podCidrs } = view;
  return {
    aggregates: new Set(refused ? [] : aggregatePrefixes(config)),
    podCidrs: new Set(podCidrs ? node?.podCIDRs.filter((prefix) => !isReservedPrefix(prefix)) : []),
    nextHops: nextHops(node, config.peers),
    advertisements: config.advertisements,
    prepends: !config.peers.some((peer) => peer.asn === peer.localAsn),
    draining,
    reach: reachOf(config),
  };
}

/** Whether the route for a prefix may become another. @param asked by each service that announces it */
export type RouteTest = (prefix: Prefix, asked: readonly ServiceAttributes[]) => boolean;

/** One rule for each part; null: it is the same. */
const rules = {
  aggregates: (before, after) => setTest(before.aggregates, after.aggregates),
  podCidrs: (before, after) => setTest(before.podCidrs, after.podCidrs),
  nextHops: (before, after) => {
    const changed = families.filter((family) => before.nextHops[family] !== after.nextHops[family]);
    return changed.length === 0 ? null : (prefix) => changed.includes(prefixFamily(prefix));
  },
  advertisements: (before, after) => {
    const changed = [
      ...unlike(before.advertisements, after.advertisements),
      ...unlike(after.advertisements, before.advertisements),
    ];
    return changed.length === 0 ? null : (prefix) => changed.some((entry) => entry.covers(prefix));
  },
  prepends: (before, after) =>
    before.prepends === after.prepends
      ? null
      : (_, asked) => asked.some(({ prepend }) => prepend !== null && prepend > 0),
  draining: (before, after) =>
    before.draining === after.draining ? null : (prefix) => after.aggregates.has(prefix),
  reach: (before, after) => (before.reach.key === after.reach.key ? null : () => true),
} satisfies Readonly<Record<keyof Common, (before: Common, after: Common) => RouteTest | null>>;

/** A route that passes none of the tests stays as it is; without tests that holds for every route. */
export function commonChanges(before: Common, after: Common): readonly RouteTest[] {
  return Object.values(rules)
    .map((rule) => rule(before, after))
    .filter((test) => test !== null);
}

function setTest(before: ReadonlySet<Prefix>, after: ReadonlySet<Prefix>): RouteTest | null {
  const changed = new Set([
    ...[...before].filter((prefix) => !after.has(prefix)),
    ...[...after].filter((prefix) => !before.has(prefix)),
  ]);
  return changed.size === 0 ? null : (prefix) => changed.has(prefix);
}

/** Entries that are not the same at their place in the other list: where a route has too many communities, order counts. */
function unlike(list: readonly Advertisement[], other: readonly Advertisement[]): readonly Advertisement[] {
  const text = (entry: Advertisement | undefined) =>
    JSON.stringify([entry?.prefix, entry?.communities, entry?.largeCommunities]);
  return list.filter((entry, place) => text(entry) !== text(other[place]));
}
