// The BGP identifier of a node that has no IPv4 address.
import { createHash } from "node:crypto";
import { addressFromBytes } from "../model/address.ts";
import type { Address } from "../model/address.ts";

/**
 * Four bytes that look like a unicast IPv4 address, the same for a name at any time: RFC 6286 only wants them other
 * than zero and unique in the AS. Among a thousand nodes two have the same one in one cluster of seven thousand.
 */
export function routerIdFromName(nodeName: string): Address {
  const [first = 0, ...others] = createHash("sha256").update(nodeName).digest().subarray(0, 4);
  const address = addressFromBytes(Uint8Array.of((first % 223) + 1, ...others));
  if (address === null) throw new Error("four bytes are an address");
  return address;
}
