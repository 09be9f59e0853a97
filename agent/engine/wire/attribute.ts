// The frame of one path attribute: flags, type, length, value (RFC 4271 §4.3).
import { Reader } from "./reader.ts";
import { WireError } from "./wire-error.ts";

export const attributeType = {
  origin: 1,
  asPath: 2,
  nextHop: 3,
  med: 4,
  localPref: 5,
  communities: 8,
  mpReach: 14,
  largeCommunities: 32,
} as const;

export const flag = { optional: 0x80, transitive: 0x40, extendedLength: 0x10 } as const;

export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

export function encodeAttribute(flags: number, type: number, value: Uint8Array): Uint8Array {
  if (value.length > 0xffff) throw new WireError(`attribute ${type} of ${value.length} bytes`);
  const long = value.length > 0xff;
  const head = long
    ? [flags | flag.extendedLength, type, value.length >> 8, value.length & 0xff]
    : [flags, type, value.length];
  const bytes = new Uint8Array(head.length + value.length);
  bytes.set(head);
  bytes.set(value, head.length);
  return bytes;
}

/** @throws {WireError} */
export function decodeAttribute(bytes: Uint8Array): Attribute {
  const reader = new Reader(bytes);
  const flags = reader.u8();
  const type = reader.u8();
  const length = (flags & flag.extendedLength) !== 0 ? reader.u16() : reader.u8();
  const value = reader.bytes(length);
  if (reader.left > 0) throw new WireError(`${reader.left} bytes after attribute ${type}`);
  return { type, value };
}

/** 32-bit numbers in network byte order. */
export function numbersToBytes(numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(numbers.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, number] of numbers.entries()) view.setUint32(index * 4, number);
  return bytes;
}
