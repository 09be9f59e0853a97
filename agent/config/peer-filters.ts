// What is to be said of the filters that the peers of this node name.
import { families } from "../model/family.ts";
import type { AskedOperation, Filter, FilterAction, FilterOperation, FilterRule } from "../model/filter.ts";
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
    const takes = filter.imports[family]?.some(({ action }) => action.t === "accept") === true;
    return [
      ...operationFindings(peer, told, exports),
      ...(takes
        ? [warning(`${told} accepts routes on import; nothing is taken from a peer all the same`)]
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

/** Of rules that may match what this node sends. */
function operationsTowards(
  { asn, localAsn }: ConfiguredPeer,
  rules: readonly FilterRule[],
): readonly FilterOperation[] {
  return rules
    .filter(({ peerType }) => peerType === null || (peerType === "eBGP") === (asn !== localAsn))
    .flatMap(({ action }) => operationsOf(action));
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
