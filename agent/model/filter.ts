// A BGPFilter as it was read: ordered rules on what is sent to a neighbour, and on what is taken from it.
import type { Asn } from "./asn.ts";
import type { AnyCommunity } from "./community.ts";
import type { Family } from "./family.ts";
import type { Prefix } from "./prefix.ts";

/** Rules of one direction and family, in order: the first that matches decides. null: what is written cannot be read. */
export type Rules = readonly FilterRule[] | null;

export interface Filter {
  readonly name: string;
  readonly exports: Readonly<Record<Family, Rules>>;
  readonly imports: Readonly<Record<Family, Rules>>;
}

/** Matches a route that fulfils everything that is asked; null: not asked. */
export interface FilterRule {
  readonly prefix: PrefixMatch | null;
  /** Only routes that a neighbour has sent. */
  readonly remoteOnly: boolean;
  /** Of the route's next hop; `*` stands for any text. */
  readonly interface: string | null;
  readonly peerType: PeerType | null;
  readonly community: AnyCommunity | null;
  /** With which the AS_PATH begins; empty: not asked. */
  readonly asPathPrefix: readonly Asn[];
  readonly priority: number | null;
  readonly action: FilterAction;
}

/** `In` matches every prefix within the CIDR, itself included. */
export interface PrefixMatch {
  readonly operator: MatchOperator;
  readonly prefix: Prefix;
  /** Lengths that count as a match with the CIDR, in bits. */
  readonly minLength: number;
  readonly maxLength: number;
}

/** `NotEqual` and `NotIn` match exactly where `Equal` and `In` do not. */
export type MatchOperator = "Equal" | "NotEqual" | "In" | "NotIn";

export type PeerType = "eBGP" | "iBGP";

export type FilterAction =
  { readonly t: "reject" } | { readonly t: "accept"; readonly operations: readonly FilterOperation[] };

/** Carried out in order on a route that is accepted. */
export type FilterOperation =
  | { readonly t: "addCommunity"; readonly community: AnyCommunity }
  /** In this order in front of the path. */
  | { readonly t: "prepend"; readonly asns: readonly Asn[] }
  | { readonly t: "setPriority"; readonly priority: number };

/** A rule on what a peer sends, and where the peer asks for it. Rules are asked in order; what none matches is refused. */
export interface ImportRule {
  readonly family: Family;
  readonly rule: FilterRule;
  /** Field of the BGPPeer that names the filter. */
  readonly field: string;
  /** Name of the BGPFilter. */
  readonly filter: string;
}

/** An operation that may be carried out on a route on its way to a peer, and where the peer asks for it. */
export interface AskedOperation {
  readonly operation: FilterOperation;
  /** Field of the BGPPeer that names the filter. */
  readonly field: string;
  /** Name of the BGPFilter. */
  readonly filter: string;
}
