// An IP prefix: canonical text `address/length` without host bits, parsed once and trusted since.
import { addressBytes, addressFromBytes, compareAddresses, familyOf, parseAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { addressBits } from "./family.ts";
import type { Family } from "./family.ts";

declare const brand: unique symbol;

/** Canonical text of a prefix; two prefixes are equal when their texts are. */
export type Prefix = string & { readonly [brand]: "Prefix" };

/** What `parsePrefix` found: the prefix, and whether host bits had to be cleared to get it. */
export interface ParsedPrefix {
  readonly prefix: Prefix;
  readonly hadHostBits: boolean;
}

/** Parses `address/length`. Returns null for anything else; a bare address is not a prefix. */
export function parsePrefix(text: string): ParsedPrefix | null {
  const slash = text.lastIndexOf("/");
  if (slash < 0) return null;
  const address = parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === null || !/^(0|[1-9][0-9]{0,2})$/.test(digits)) return null;
  const length = Number(digits);
  if (length > addressBits[familyOf(address)]) return null;
  const prefix = makePrefix(addressBytes(address), length);
  return prefix === null ? null : { prefix, hadHostBits: prefix !== `${address}/${digits}` };
}

/** The prefix of `length` bits that `bytes` (4 or 16) lie in; null when there is none. */
export function makePrefix(bytes: Uint8Array, length: number): Prefix | null {
  if (length < 0 || length > bytes.length * 8) return null;
  const address = addressFromBytes(bytes.map((byte, index) => byte & maskByte(index, length)));
  return address === null ? null : (`${address}/${String(length)}` as Prefix);
}

/** The /32 or /128 of one address. */
export function hostPrefix(address: Address): Prefix {
  return `${address}/${String(addressBits[familyOf(address)])}` as Prefix;
}

export function prefixAddress(prefix: Prefix): Address {
  return prefix.slice(0, prefix.lastIndexOf("/")) as Address;
}

export function prefixLength(prefix: Prefix): number {
  return Number(prefix.slice(prefix.lastIndexOf("/") + 1));
}

export function prefixFamily(prefix: Prefix): Family {
  return prefix.includes(":") ? "ipv6" : "ipv4";
}

export function isHostPrefix(prefix: Prefix): boolean {
  return prefixLength(prefix) === addressBits[prefixFamily(prefix)];
}

/** Returns a test for "does this prefix hold the address?", with the prefix's bytes computed once. */
export function container(prefix: Prefix): (address: Address) => boolean {
  const family = prefixFamily(prefix);
  const length = prefixLength(prefix);
  const want = addressBytes(prefixAddress(prefix));
  return (address) => {
    if (familyOf(address) !== family) return false;
    const have = addressBytes(address);
    return want.every((byte, index) => byte === ((have[index] ?? 0) & maskByte(index, length)));
  };
}

/** Returns a test for "does the other prefix lie inside this one?"; every prefix lies inside itself. */
export function prefixContainer(prefix: Prefix): (other: Prefix) => boolean {
  const holds = container(prefix);
  const length = prefixLength(prefix);
  return (other) => prefixLength(other) >= length && holds(prefixAddress(other));
}

/** Orders IPv4 before IPv6, then by address, then the shorter prefix first. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  return compareAddresses(prefixAddress(a), prefixAddress(b)) || prefixLength(a) - prefixLength(b);
}

/** The bits of byte `index` that belong to a prefix of `length` bits. */
function maskByte(index: number, length: number): number {
  const bits = Math.min(8, Math.max(0, length - index * 8));
  return (0xff << (8 - bits)) & 0xff;
}
