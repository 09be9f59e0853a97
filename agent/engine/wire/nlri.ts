// NLRI: a prefix as its length in bits and as many bytes as that needs (RFC 4271 §4.3, RFC 4760 §5).
import { addressBytes } from "../../model/address.ts";
import { addressBits } from "../../model/family.ts";
import type { Family } from "../../model/family.ts";
import { makePrefix, prefixAddress, prefixLength } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import { Reader } from "./reader.ts";
import { WireError } from "./wire-error.ts";

export function encodePrefix(prefix: Prefix): Uint8Array {
  const length = prefixLength(prefix);
  const size = Math.ceil(length / 8);
  const nlri = new Uint8Array(1 + size);
  nlri[0] = length;
  nlri.set(addressBytes(prefixAddress(prefix)).subarray(0, size), 1);
  return nlri;
}

/** Bits beyond the length mean nothing and are cleared. @throws {WireError} */
export function decodePrefix(family: Family, nlri: Uint8Array): Prefix {
  const reader = new Reader(nlri);
  const prefix = readPrefix(family, reader);
  if (reader.left > 0) throw new WireError(`${reader.left} bytes after the prefix`);
  return prefix;
}

function readPrefix(family: Family, reader: Reader): Prefix {
  const length = reader.u8();
  const bytes = new Uint8Array(addressBits[family] / 8);
  if (length > addressBits[family]) throw new WireError(`an ${family} prefix of ${length} bits`);
  bytes.set(reader.bytes(Math.ceil(length / 8)));
  const prefix = makePrefix(bytes, length);
  if (prefix === null) throw new WireError(`no prefix of ${length} bits`);
  return prefix;
}
