// What becomes of a route on its way to one peer: the filters are asked in order, the first rule that matches decides.
import type { Asn } from "../model/asn.ts";
import { gracefulShutdown, uniqueCommunities } from "../model/community.ts";
import type { Family } from "../model/family.ts";
import type { Filter, FilterOperation, FilterRule, PeerType } from "../model/filter.ts";
import { prefixFamily } from "../model/prefix.ts";
import type { Route } from "../model/route.ts";
import { prefixFacts, prefixTest } from "./prefix-match.ts";
import type { PrefixFacts, PrefixTest } from "./prefix-match.ts";

/** A filter as a BGPPeer names it; null: there is none of that name. */
export interface NamedFilter {
  readonly name: string;
  readonly filter: Filter | null;
}

/** What the rules ask of a peer. */
export interface ExportTarget {
  readonly peerType: PeerType;
  /** AS number of the node, which is what a prepend puts into the path. */
  readonly localAsn: Asn;
}

/** A route as the node has it, before any peer is thought of. */
export type OwnRoute = Omit<Route, "notTo" | "variants">;

/** What a peer is sent of a route. */
export interface ExportedAttributes extends Pick<
  Route,
  "communities" | "largeCommunities" | "med" | "localPref"
> {
  /** AS_PATH before the speaker puts its own number in front. */
  readonly path: readonly Asn[];
}

/** The rule that decided, counted from 1 within its list. */
export interface DecidingRule {
  readonly filter: string;
  readonly rule: number;
}

export type ExportVerdict =
  /** `by` null: no rule matches. `changed`: an operation has made the attributes other than the route's own. */
  | {
      readonly t: "accept";
      readonly by: DecidingRule | null;
      readonly attributes: ExportedAttributes;
      readonly changed: boolean;
    }
  | { readonly t: "reject"; readonly by: DecidingRule }
  /** A filter is missing or cannot be read: nothing is sent. */
  | { readonly t: "closed"; readonly filter: string; readonly why: "missing" | "unreadable" }
  /** It is not known which filters are to be asked: nothing is sent either. */
  | { readonly t: "unknown" };

/** Priority of the routes that a node originates: Calico's normal one. */
const ownPriority = 1024;

/** Calico's nodes tell each other a route's priority by LOCAL_PREF, the other way round: the greater is preferred. */
const localPrefOfPriorityZero = 2_147_483_647;

export function exportFilter(
  filters: readonly NamedFilter[] | null,
  route: OwnRoute,
  target: ExportTarget,
): ExportVerdict {
  return compileExports(filters, target)(route);
}

/** The same for many routes. */
export function compileExports(
  filters: readonly NamedFilter[] | null,
  target: ExportTarget,
): (route: OwnRoute) => ExportVerdict {
  if (filters === null) return () => ({ t: "unknown" });
  const missing = filters.find(({ filter }) => filter === null);
  if (missing !== undefined) {
    const verdict: ExportVerdict = { t: "closed", filter: missing.name, why: "missing" };
    return () => verdict;
  }
  const lists = { ipv4: compileList(filters, "ipv4", target), ipv6: compileList(filters, "ipv6", target) };
  return (route) => {
    const list = lists[prefixFamily(route.prefix)];
    if (list.t === "closed") return list;
    const facts = factsOf(route, target);
    const rule = list.rules.find((candidate) => candidate.matches(facts));
    if (rule?.action.t === "reject") return { t: "reject", by: rule.by };
    const operations = rule?.action.operations ?? [];
    const attributes = operations.reduce<ExportedAttributes>(
      (before, operation) => operate(before, operation, target),
      facts.attributes,
    );
    return {
      t: "accept",
      by: rule?.by ?? null,
      attributes,
      changed: operations.length > 0 && JSON.stringify(attributes) !== JSON.stringify(facts.attributes),
    };
  };
}

interface CompiledRule {
  readonly by: DecidingRule;
  readonly action: FilterRule["action"];
  readonly matches: (facts: Facts) => boolean;
}

type CompiledList =
  | { readonly t: "rules"; readonly rules: readonly CompiledRule[] }
  | Extract<ExportVerdict, { readonly t: "closed" }>;

function compileList(filters: readonly NamedFilter[], family: Family, target: ExportTarget): CompiledList {
  const rules: CompiledRule[] = [];
  for (const { name, filter } of filters) {
    const list = filter?.exports[family] ?? null;
    if (list === null) return { t: "closed", filter: name, why: "unreadable" };
    for (const [index, rule] of list.entries())
      if (mayMatch(rule, target))
        rules.push({
          by: { filter: name, rule: index + 1 },
          action: rule.action,
          matches: compileRule(rule),
        });
  }
  return { t: "rules", rules };
}

/** What holds for every route that the node sends to this peer: it originates them, and they leave by no interface. */
function mayMatch(rule: FilterRule, { peerType }: ExportTarget): boolean {
  return (
    !rule.remoteOnly &&
    rule.interface === null &&
    (rule.peerType === null || rule.peerType === peerType) &&
    (rule.priority === null || rule.priority === ownPriority)
  );
}

interface Facts {
  readonly prefix: PrefixFacts;
  readonly attributes: ExportedAttributes;
}

function factsOf(route: OwnRoute, { localAsn }: ExportTarget): Facts {
  const { prefix, communities, largeCommunities, med, localPref, prepend } = route;
  const path = Array.from({ length: prepend }, () => localAsn);
  return { prefix: prefixFacts(prefix), attributes: { communities, largeCommunities, med, localPref, path } };
}

function compileRule({ prefix, community, asPathPrefix }: FilterRule): (facts: Facts) => boolean {
  const inPrefix: PrefixTest | null = prefix === null ? null : prefixTest(prefix);
  return (facts) => {
    if (inPrefix !== null && !inPrefix(facts.prefix)) return false;
    const { communities, largeCommunities, path } = facts.attributes;
    if (community?.t === "standard" && !communities.includes(community.community)) return false;
    if (community?.t === "large" && !largeCommunities.includes(community.community)) return false;
    return asPathPrefix.every((asn, index) => path[index] === asn);
  };
}

function operate(
  attributes: ExportedAttributes,
  operation: FilterOperation,
  { peerType }: ExportTarget,
): ExportedAttributes {
  switch (operation.t) {
    case "addCommunity": {
      const { community } = operation;
      return community.t === "standard"
        ? { ...attributes, communities: uniqueCommunities([...attributes.communities, community.community]) }
        : {
            ...attributes,
            largeCommunities: uniqueCommunities([...attributes.largeCommunities, community.community]),
          };
    }
    case "prepend":
      return { ...attributes, path: [...operation.asns, ...attributes.path] };
    case "setPriority":
      // A route that is about to go stays the last to be chosen.
      if (peerType === "eBGP" || attributes.communities.includes(gracefulShutdown)) return attributes;
      return { ...attributes, localPref: localPrefOfPriorityZero - operation.priority };
  }
}
