// Addresses that no node may attract from the network, whatever is configured.
import ipaddr from "ipaddr.js";
import type { Address } from "./address.ts";
import { prefixAddress, prefixLength } from "./prefix.ts";
import type { Prefix } from "./prefix.ts";

const ranges: ReadonlySet<string> = new Set([
  "unspecified",
  "loopback",
  "linkLocal",
  "multicast",
  "broadcast",
] satisfies readonly (ipaddr.IPv4["range"] extends () => infer R ? R : never)[]);

/** Unspecified, loopback, link-local, multicast or broadcast (RFC 6890). */
export function isReserved(address: Address): boolean {
  return ranges.has(ipaddr.parse(address).range());
}

export function isDefaultRoute(prefix: Prefix): boolean {
  return prefixLength(prefix) === 0;
}

/** A default route, or a prefix that begins in a reserved range: never announced as a whole. */
export function isReservedPrefix(prefix: Prefix): boolean {
  return isDefaultRoute(prefix) || isReserved(prefixAddress(prefix));
}
