// What people ask about: a service, an address or a prefix.
import { parseAddress } from "../model/address.ts";
import type { Address } from "../model/address.ts";
import { hostPrefix, isHostPrefix, parsePrefix, prefixAddress } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { objectKey } from "../model/service.ts";
import type { ServiceKey } from "../model/service.ts";

export type Query =
  | { readonly t: "service"; readonly key: ServiceKey }
  /** Also a /32 or /128. */
  | { readonly t: "address"; readonly address: Address; readonly prefix: Prefix }
  | { readonly t: "prefix"; readonly prefix: Prefix };

/** What a message says that a query may be. */
export const queryForms = "namespace/service, a service of the namespace default, an address or a prefix";

/** Returns null for what is none of `queryForms`. Host bits of a prefix are cleared. */
export function parseQuery(text: string): Query | null {
  const address = parseAddress(text);
  if (address !== null) return { t: "address", address, prefix: hostPrefix(address) };
  const prefix = parsePrefix(text)?.prefix;
  if (prefix !== undefined)
    return isHostPrefix(prefix)
      ? { t: "address", address: prefixAddress(prefix), prefix }
      : { t: "prefix", prefix };
  const parts = text.split("/");
  const [namespace, name] = parts.length === 1 ? ["default", text] : parts;
  if (parts.length > 2 || namespace === undefined || name === undefined) return null;
  return isName(namespace) && isName(name) ? { t: "service", key: objectKey(namespace, name) } : null;
}

/** A DNS name (RFC 1123), as objects are named; nothing but digits and dots is an address gone wrong. */
function isName(text: string): boolean {
  return /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(text) && !/^[0-9.]+$/.test(text);
}
