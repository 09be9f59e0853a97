// The answer to "why is this (not) announced from this node?", as data: the JSON of `bellman explain`.
import type { ClaimExplanation } from "../decide/explain.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Problem } from "../model/problem.ts";
import type { Reason } from "../model/reason.ts";
import type { ServiceKey } from "../model/service.ts";
import type { AttributeOrigin } from "../plan/attribute-origins.ts";
import type { RouteJson } from "../plan/json.ts";

export interface Explanation {
  readonly query: string;
  readonly node: string;
  /** At least one of the prefixes is announced. */
  readonly announced: boolean;
  /** The answer in one sentence. */
  readonly summary: string;
  /** What the node's own gates look at. */
  readonly nodeState: readonly string[];
  /** Empty: what is asked for is in nothing that the node knows. */
  readonly prefixes: readonly PrefixExplanation[];
  /** What is wrong with the objects concerned. */
  readonly problems: readonly Problem[];
}

/** A service's explanation for one of its addresses, under its name. */
export interface OwnerExplanation extends ClaimExplanation {
  readonly service: ServiceKey;
}

/** An entry of an allow list that is the prefix, or holds it. */
export interface EntryExplanation {
  /** `BGPConfiguration/default spec.serviceClusterIPs[0].cidr` */
  readonly place: string;
  readonly prefix: Prefix;
  /** The entry's own route is announced. */
  readonly announced: boolean;
  /** Why, or why not. */
  readonly says: string;
}

/** A peer that is not sent a route, or is sent it with other attributes. */
export interface PeerExplanation {
  /** Name of the BGPPeer object. */
  readonly peer: string;
  readonly sent: boolean;
  readonly says: string;
}

export interface PrefixExplanation {
  /** null: the service has no address. */
  readonly prefix: Prefix | null;
  readonly announced: boolean;
  /** null: no reason of the list fits, `says` tells. */
  readonly reason: Reason | null;
  readonly says: string;
  /** Of the services that claim the address: those that announce it first, then by name. */
  readonly owners: readonly OwnerExplanation[];
  /** Entries of the allow lists that are the prefix or hold it. */
  readonly entries: readonly EntryExplanation[];
  /** null: not announced. */
  readonly route: RouteJson | null;
  readonly attributes: readonly AttributeOrigin[];
  /** Names of the BGPPeers that get the route. */
  readonly peers: readonly string[];
  /** What filters do to the route on its way to single peers. */
  readonly filtered: readonly PeerExplanation[];
  /** Whether the speaker holds the route; null: no speaker was asked. */
  readonly held: boolean | null;
  /** What would change the answer. */
  readonly next: readonly string[];
}
