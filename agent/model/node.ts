// A Node, trimmed to what makes it fit or unfit to attract traffic, and to how it speaks BGP.
import type { Address } from "./address.ts";
import type { Prefix } from "./prefix.ts";
import type { Problem } from "./problem.ts";

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
  /** metadata.deletionTimestamp is set. */
  readonly deleting: boolean;
  readonly problems: readonly Problem[];
}
