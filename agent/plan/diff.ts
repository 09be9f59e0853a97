// What changes from one plan to another: for a peer, and for people.
import { comparePrefixes } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { compareText } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import type { Reason } from "../model/reason.ts";
import type { ServiceKey } from "../model/service.ts";
import type { PeerJson, PlannedPeerJson, PlanJson, RouteJson, SettingsJson } from "./json.ts";

/** null: not set. */
type Value = string | number | null | readonly string[];

/** One field that is another one in the second plan. */
export interface FieldChange {
  readonly field: string;
  readonly from: Value;
  readonly to: Value;
}

/** A service's verdict in the second plan on an address that is not announced any more. */
export interface Withdrawal {
  readonly service: ServiceKey;
  readonly reason: Reason;
}

/** What becomes of a session, and what its export filters make of routes that the node announces. */
export interface PeerChange {
  readonly name: string;
  readonly changes: readonly FieldChange[];
  /** Announced before as well, but not to this peer. */
  readonly given: readonly Prefix[];
  /** Announced by the second plan, but not to this peer; told when that is new. */
  readonly withheld: readonly Prefix[];
  /** Sent to this peer with other changes by its filters than before. */
  readonly altered: readonly Prefix[];
}

export interface PlanDiff {
  /** Of the second plan. */
  readonly node: string;
  readonly routes: {
    readonly announced: readonly RouteJson[];
    /** `because`: empty when nothing in the second plan claims the prefix any more. */
    readonly withdrawn: readonly (RouteJson & { readonly because: readonly Withdrawal[] })[];
    readonly changed: readonly { readonly prefix: string; readonly changes: readonly FieldChange[] }[];
  };
  readonly peers: {
    readonly added: readonly PlannedPeerJson[];
    readonly removed: readonly PlannedPeerJson[];
    readonly changed: readonly PeerChange[];
  };
  /** What is wrong in the second plan and was not in the first. */
  readonly problems: readonly Problem[];
}

type RouteField = Exclude<keyof RouteJson, "prefix">;

/** A table, so that a new attribute does not compile until it is compared. */
const compared = {
  reason: true,
  services: true,
  communities: true,
  largeCommunities: true,
  med: true,
  localPref: true,
  prepend: true,
} as const satisfies Record<RouteField, true>;

const isRouteField = (name: string): name is RouteField => name in compared;
const routeFields = Object.keys(compared).filter(isRouteField);

/** What all peers get is told by the routes. */
const peerFields = ["address", "port", "asn", "localAsn"] as const satisfies readonly (keyof PeerJson)[];

/** A table, for the same reason. */
const comparedSettings = {
  holdTimeSeconds: true,
  keepaliveSeconds: true,
  password: true,
  sourceAddress: true,
  multihop: true,
  ttlSecurityHops: true,
  allowedLocalAsns: true,
  gracefulRestartSeconds: true,
  bfdIntervalMs: true,
} as const satisfies Record<keyof SettingsJson, true>;

const isSetting = (name: string): name is keyof SettingsJson => name in comparedSettings;
const settings = Object.keys(comparedSettings).filter(isSetting);

/** Both plans are sorted; so is the difference. */
export function diffPlans(from: PlanJson, to: PlanJson): PlanDiff {
  const routes = compare(from.routes, to.routes, ({ prefix }) => prefix);
  const peers = compare(from.peers, to.peers, ({ name }) => name);
  return {
    node: to.node,
    routes: {
      announced: routes.added,
      withdrawn: routes.removed.map((route) => ({ ...route, because: withdrawals(route, to) })),
      changed: routes.kept.flatMap(([before, after]) => {
        const changes = fieldChanges(before, after, routeFields);
        return changes.length === 0 ? [] : [{ prefix: after.prefix, changes }];
      }),
    },
    peers: {
      added: peers.added,
      removed: peers.removed,
      changed: peerChanges(peers.kept, from, to),
    },
    problems: compare(from.problems, to.problems, (problem) => JSON.stringify(problem)).added,
  };
}

/** Problems aside. */
export function isEmptyDiff({ routes, peers }: PlanDiff): boolean {
  return [...Object.values(routes), ...Object.values(peers)].every((list) => list.length === 0);
}

function peerChanges(
  kept: readonly (readonly [PlannedPeerJson, PlannedPeerJson])[],
  from: PlanJson,
  to: PlanJson,
): readonly PeerChange[] {
  const announcedBefore = new Set(from.routes.map(({ prefix }) => prefix));
  return kept.flatMap(([before, after]) => {
    const [had, has] = [new Set(before.routes), new Set(after.routes)];
    const change: PeerChange = {
      name: after.name,
      changes: [
        ...fieldChanges(before, after, peerFields),
        ...fieldChanges(before.session, after.session, settings),
      ],
      given: after.routes.filter((prefix) => !had.has(prefix) && announcedBefore.has(prefix)),
      withheld: to.routes
        .map(({ prefix }) => prefix)
        .filter((prefix) => !has.has(prefix) && (had.has(prefix) || !announcedBefore.has(prefix))),
      altered: altered(before, after).filter((prefix) => had.has(prefix) && has.has(prefix)),
    };
    const { changes, given, withheld, altered: others } = change;
    return [changes, given, withheld, others].every((list) => list.length === 0) ? [] : [change];
  });
}

/** Routes that the filters of a peer change in another way than before. */
function altered(before: PeerJson, after: PeerJson): readonly Prefix[] {
  const text = ({ changes = [] }: PeerJson) =>
    new Map(changes.map((change) => [change.prefix, JSON.stringify(change)]));
  const [old, now] = [text(before), text(after)];
  const prefixes = new Set([...old.keys(), ...now.keys()]);
  return [...prefixes].filter((prefix) => old.get(prefix) !== now.get(prefix)).sort(comparePrefixes);
}

function withdrawals({ prefix }: RouteJson, to: PlanJson): readonly Withdrawal[] {
  return to.verdicts
    .filter((verdict) => verdict.prefix === prefix && !verdict.announce)
    .map(({ service, reason }) => ({ service, reason }))
    .sort((a, b) => compareText(a.service, b.service));
}

function compare<T>(from: readonly T[], to: readonly T[], keyOf: (item: T) => string) {
  const before = new Map(from.map((item) => [keyOf(item), item]));
  const after = new Map(to.map((item) => [keyOf(item), item]));
  return {
    added: to.filter((item) => !before.has(keyOf(item))),
    removed: from.filter((item) => !after.has(keyOf(item))),
    kept: to.flatMap((item): readonly (readonly [T, T])[] => {
      const old = before.get(keyOf(item));
      return old === undefined ? [] : [[old, item]];
    }),
  };
}

function fieldChanges<Field extends string>(
  from: Readonly<Record<Field, Value>>,
  to: Readonly<Record<Field, Value>>,
  fields: readonly Field[],
): readonly FieldChange[] {
  return fields
    .filter((field) => JSON.stringify(from[field]) !== JSON.stringify(to[field]))
    .map((field) => ({ field, from: from[field], to: to[field] }));
}
