// What the configuration objects mean for one node.
import type { Address } from "../model/address.ts";
import type { Asn } from "../model/asn.ts";
import type { Community, LargeCommunity } from "../model/community.ts";
import type { Filter } from "../model/filter.ts";
import type { Peer } from "../model/peer.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Problem } from "../model/problem.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "fatal";

/** The three sources of service addresses, each with an allow list of its own. */
export type AddressSource = "clusterIPs" | "externalIPs" | "loadBalancerIPs";

/** One entry of an allow list. */
export interface AllowEntry {
  readonly prefix: Prefix;
  /** A /32 or /128: no aggregate; it makes the host route itself wanted. */
  readonly exact: boolean;
  contains(address: Address): boolean;
}

/** Communities for every route inside a CIDR. */
export interface Advertisement {
  readonly prefix: Prefix;
  readonly communities: readonly Community[];
  readonly largeCommunities: readonly LargeCommunity[];
  /** Whether a route's prefix lies inside. */
  covers(prefix: Prefix): boolean;
}

/** A peer with what its object asks for beside the session. */
export interface ConfiguredPeer extends Peer {
  /**
   * Names of BGPFilter objects, in the order in which they are asked. null: what is written cannot be read, and what
   * held before is not known: nothing is sent to this peer.
   */
  readonly filters: readonly string[] | null;
}

export interface NodeConfig {
  /** AS number of this node. */
  readonly asn: Asn;
  /**
   * false: asNumber or listenPort is written so that it cannot be read, and no earlier value is known. To start BGP with
   * the defaults would end sessions that stand from before, for a typing error.
   */
  readonly instanceKnown: boolean;
  /** TCP port to accept sessions on; -1: do not listen. */
  readonly listenPort: number;
  /** From logSeverityScreen; null: not set. */
  readonly logLevel: LogLevel | null;
  /** null: no list of that kind is configured. Entries are unique, in the order in which they are written. */
  readonly allow: Readonly<Record<AddressSource, readonly AllowEntry[] | null>>;
  /** false: load balancer CIDRs are not announced; each address gets a host route instead. */
  readonly aggregateLoadBalancerIPs: boolean;
  /** From prefixAdvertisements, in the order in which they are written. */
  readonly advertisements: readonly Advertisement[];
  /** Sessions to bring up, by name. A peer that must not come up as it is written is a problem instead. */
  readonly peers: readonly ConfiguredPeer[];
  /** Filters that peers may name, by name. */
  readonly filters: ReadonlyMap<string, Filter>;
  /** Names of the Secrets that hold passwords of this node's sessions. */
  readonly secretNames: ReadonlySet<string>;
  /** Unsorted. */
  readonly problems: readonly Problem[];
}

/** What one BGPConfiguration object last said that was valid. null: never valid since it was written. */
export interface GoodForNode {
  readonly listenPort: number | null;
  readonly advertisements: readonly Advertisement[] | null;
}

export interface GoodForAll extends GoodForNode {
  readonly asn: Asn | null;
  readonly aggregateLoadBalancerIPs: boolean | null;
  readonly allow: Readonly<Record<AddressSource, readonly AllowEntry[] | null>>;
}

/** Last good values that a later invalid edit falls back on: handed from one resolution to the next. */
export interface LastGood {
  /** Of BGPConfiguration `default`. */
  readonly forAll: GoodForAll;
  /** Of BGPConfiguration `node.<name>` of this node. */
  readonly forNode: GoodForNode;
  /** By name of the BGPPeer object. */
  readonly peers: ReadonlyMap<string, GoodPeer>;
  /** By name of the BGPFilter object. */
  readonly filters: ReadonlyMap<string, Filter>;
}

/** A session as it last was valid. */
export interface GoodPeer {
  readonly peer: ConfiguredPeer;
  /** Its local AS number is the node's, and changes with that. */
  readonly followsNodeAsn: boolean;
}

export const nothingGood: LastGood = {
  forAll: {
    asn: null,
    listenPort: null,
    advertisements: null,
    aggregateLoadBalancerIPs: null,
    allow: { clusterIPs: null, externalIPs: null, loadBalancerIPs: null },
  },
  forNode: { listenPort: null, advertisements: null },
  peers: new Map(),
  filters: new Map(),
};
