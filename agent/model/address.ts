// An IP address: a string in canonical form (RFC 5952 for IPv6) that has been parsed once and is trusted since.
import ipaddr from "ipaddr.js";
import { isIP } from "node:net";
import type { Family } from "./family.ts";

declare const brand: unique symbol;

/** Canonical text of an IPv4 or IPv6 address; two addresses are equal when their texts are. */
export type Address = string & { readonly [brand]: "Address" };

/**
 * Parses an address as the Kubernetes API writes it.
 *
 * Leading zeros, zones (`fe80::1%eth0`) and IPv4-mapped IPv6 addresses are refused, because programs disagree on
 * what they mean. Returns null for anything that is not an address.
 */
export function parseAddress(text: string): Address | null {
  switch (isIP(text)) {
    case 4:
      return text as Address;
    case 6: {
      if (text.includes("%")) return null;
      const parsed = ipaddr.IPv6.parse(text);
      return parsed.isIPv4MappedAddress() ? null : (parsed.toRFC5952String() as Address);
    }
    default:
      return null;
  }
}

export function familyOf(address: Address): Family {
  return address.includes(":") ? "ipv6" : "ipv4";
}

/** The address in network byte order: 4 or 16 bytes. */
export function addressBytes(address: Address): Uint8Array {
  if (familyOf(address) === "ipv4") return Uint8Array.from(address.split("."), Number);
  return Uint8Array.from(ipaddr.IPv6.parse(address).toByteArray());
}

/** The address of 4 or 16 bytes in network byte order, as a speaker reports it; null for any other length. */
export function addressFromBytes(bytes: Uint8Array): Address | null {
  if (bytes.length === 4) return bytes.join(".") as Address;
  if (bytes.length === 16) return new ipaddr.IPv6([...bytes]).toRFC5952String() as Address;
  return null;
}

/** Orders IPv4 before IPv6, then numerically. */
export function compareAddresses(a: Address, b: Address): number {
  if (a === b) return 0;
  const [left, right] = [addressBytes(a), addressBytes(b)];
  if (left.length !== right.length) return left.length - right.length;
  for (const [index, byte] of left.entries()) {
    const difference = byte - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
