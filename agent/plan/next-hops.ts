// Which next hop the node puts into its routes.
import type { Address } from "../model/address.ts";
import { familyOf } from "../model/address.ts";
import type { Family } from "../model/family.ts";
import type { Node } from "../model/node.ts";
import { isReserved } from "../model/reserved.ts";

/** null: the speaker's own address on each session. undefined: the node cannot be reached in this family. */
export type NextHops = Readonly<Record<Family, Address | null | undefined>>;

/**
 * IPv4 is left to the speaker. IPv6 routes also travel over IPv4 sessions, where only an explicit global address
 * works (RFC 4760 §3): the node's first one.
 */
export function nextHops(node: Node | undefined): NextHops {
  const global = node?.internalIPs.find((address) => familyOf(address) === "ipv6" && !isReserved(address));
  return { ipv4: null, ipv6: global };
}
