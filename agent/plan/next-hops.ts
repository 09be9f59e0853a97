// Which next hop the node puts into its routes.
import type { Address } from "../model/address.ts";
import { familyOf } from "../model/address.ts";
import type { Family } from "../model/family.ts";
import type { Node } from "../model/node.ts";
import type { Peer } from "../model/peer.ts";
import { isReserved } from "../model/reserved.ts";

/** null: the speaker's own address on each session. undefined: the node cannot be reached in this family. */
export type NextHops = Readonly<Record<Family, Address | null | undefined>>;

/**
 * Routes also travel over sessions of the other family, where only an explicit address of their own family works
 * (RFC 4760 §3): the node's first global one. IPv6 routes always have it; IPv4 routes are left to the speaker unless
 * there is a session over IPv6.
 */
export function nextHops(node: Node | undefined, peers: readonly Pick<Peer, "address">[]): NextHops {
  const global = (family: Family) =>
    node?.internalIPs.find((address) => familyOf(address) === family && !isReserved(address));
  const crosses = peers.some(({ address }) => familyOf(address) === "ipv6");
  return { ipv4: (crosses ? global("ipv4") : null) ?? null, ipv6: global("ipv6") };
}
