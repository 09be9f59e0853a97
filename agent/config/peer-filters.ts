// What is to be said of the filters that the peers of this node name.
import { families } from "../model/family.ts";
import type {
  AskedOperation,
  Filter,
  FilterAction,
  FilterOperation,
  FilterRule,
  ImportRule,
} from "../model/filter.ts";
import { quote } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import { didYouMean } from "../model/suggest.ts";
import type { ConfiguredPeer } from "./node-config.ts";
import { objectName } from "./spec.ts";

type Filters = ReadonlyMap<string, Filter>;

export function peerFilterProblems(peers: readonly ConfiguredPeer[], filters: Filters): readonly Problem[] {
  return peers.flatMap((peer) => {
    const object = objectName({ kind: "BGPPeer", name: peer.name });
    if (peer.filters === null) return [{ object, field: "spec.filters", ...unknownFilters }];
    return peer.filters.flatMap((name, index) =>
      findings(peer, name, filters).map((finding) => ({
        object,
        field: `spec.filters[${index}]`,
        ...finding,
      })),
    );
  });
}

type Finding = Pick<Problem, "severity" | "message">;

const unknownFilters = error(
  "which filters the session had is not known since the agent was restarted; nothing is sent to this peer",
);

function findings(peer: ConfiguredPeer, name: string, filters: Filters): readonly Finding[] {
  const filter = filters.get(name);
  if (filter === undefined) {
    const hint = didYouMean(name, filters.keys(), quote);
    return [error(`there is no BGPFilter ${quote(name)}; nothing is sent to this peer${hint}`)];
  }
  const told = objectName({ kind: "BGPFilter", name });
  return families.flatMap((family) => {
    const [version, exports] = [family === "ipv4" ? "IPv4" : "IPv6", filter.exports[family]];
    if (exports === null) return [error(`${told} cannot be read; no ${version} route is sent to this peer`)];
    const changes = filter.imports[family]?.some(({ action }) => operationsOf(action).length > 0) === true;
    return [
      ...operationFindings(peer, told, exports),
      ...(changes
        ? [warning(`${told} changes what it accepts on import, which goes nowhere: that has no effect`)]
        : []),
    ];
  });
}

/** What the filters of a peer may do to routes on their way to it. */
export function askedOperations(peer: ConfiguredPeer, filters: Filters): readonly AskedOperation[] {
  return (peer.filters ?? []).flatMap((filter, index) =>
    families.flatMap((family) =>
      operationsTowards(peer, filters.get(filter)?.exports[family] ?? []).map((operation) => ({
        operation,
        field: `spec.filters[${index}]`,
        filter,
      })),
    ),
  );
}

/**
 * What may be taken from a peer; empty: nothing. A filter that is missing, or that cannot be read, closes what it stands
 * for: a rule of another might accept what it was written to stop.
 */
export function importRules(peer: ConfiguredPeer, filters: Filters): readonly ImportRule[] {
  return families.flatMap((family) => {
    const asked: ImportRule[] = [];
    for (const [index, filter] of (peer.filters ?? []).entries()) {
      const rules = filters.get(filter)?.imports[family] ?? null;
      if (rules === null) return [];
      for (const rule of rules)
        if (concerns(rule, peer)) asked.push({ family, rule, field: `spec.filters[${index}]`, filter });
    }
    return asked.some(({ rule }) => rule.action.t === "accept") ? asked : [];
  });
}

/** Of rules that may match what this node sends. */
function operationsTowards(peer: ConfiguredPeer, rules: readonly FilterRule[]): readonly FilterOperation[] {
  return rules.filter((rule) => concerns(rule, peer)).flatMap(({ action }) => operationsOf(action));
}

/** Is the rule for peers of this type? */
function concerns({ peerType }: FilterRule, { asn, localAsn }: ConfiguredPeer): boolean {
  return peerType === null || (peerType === "eBGP") === (asn !== localAsn);
}

/** Operations that do not do towards this peer what they are written for. */
function operationFindings(
  peer: ConfiguredPeer,
  told: string,
  rules: readonly FilterRule[],
): readonly Finding[] {
  const operations = operationsTowards(peer, rules);
  const found: Finding[] = [];
  if (peer.asn !== peer.localAsn && operations.some(({ t }) => t === "setPriority"))
    found.push(
      warning(
        `${told} sets a priority, which no attribute carries to a peer of another AS: it has no effect`,
      ),
    );
  if (operations.some((operation) => operation.t === "prepend" && operation.asns.includes(peer.asn)))
    found.push(
      warning(`${told} puts the peer's own AS number in front of the path: the peer takes that for a loop`),
    );
  return found;
}

function operationsOf(action: FilterAction): readonly FilterOperation[] {
  return action.t === "accept" ? action.operations : [];
}

function error(message: string): Finding {
  return { severity: "error", message };
}

function warning(message: string): Finding {
  return { severity: "warning", message };
}
