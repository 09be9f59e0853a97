// A Node, trimmed to what makes it fit or unfit to attract traffic, and to how it speaks BGP.
import type { Address } from "./address.ts";
import type { Prefix } from "./prefix.ts";
import type { Problem } from "./problem.ts";

/** spec.taints */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

export interface Node {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** status.addresses of type InternalIP, in the API's order. */
  readonly internalIPs: readonly Address[];
  /** Every status.addresses entry that is an address. */
  readonly addresses: readonly Address[];
  readonly podCIDRs: readonly Prefix[];
  /** Condition NetworkUnavailable is True. */
  readonly networkUnavailable: boolean;
  readonly taints: readonly Taint[];
  /** Annotation bellman.bgp/drain is "true". */
  readonly drainRequested: boolean;
  /** metadata.deletionTimestamp is set, or the object is gone. */
  readonly deleting: boolean;
  readonly problems: readonly Problem[];
}
