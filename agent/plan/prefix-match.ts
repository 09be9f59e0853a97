// The cidr of a filter's rule against prefixes of the same family, with the bytes of both computed once.
import { addressBytes } from "../model/address.ts";
import type { PrefixMatch } from "../model/filter.ts";
import { prefixAddress, prefixLength } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";

export interface PrefixFacts {
  readonly prefix: Prefix;
  readonly bytes: Uint8Array;
  readonly length: number;
}

export function prefixFacts(prefix: Prefix): PrefixFacts {
  return { prefix, bytes: addressBytes(prefixAddress(prefix)), length: prefixLength(prefix) };
}

export type PrefixTest = (facts: PrefixFacts) => boolean;

export function prefixTest({ operator, prefix, minLength, maxLength }: PrefixMatch): PrefixTest {
  const { bytes: want, length: bits } = prefixFacts(prefix);
  const [whole, rest] = [bits >> 3, bits & 7];
  const mask = (0xff << (8 - rest)) & 0xff;
  const within: PrefixTest = ({ bytes, length }) => {
    if (length < minLength || length > maxLength) return false;
    for (let index = 0; index < whole; index++) if (bytes[index] !== want[index]) return false;
    return rest === 0 || ((bytes[whole] ?? 0) & mask) === want[whole];
  };
  const same: PrefixTest = ({ prefix: other, length }) =>
    other === prefix && length >= minLength && length <= maxLength;
  switch (operator) {
    case "In":
      return within;
    case "NotIn":
      return (facts) => !within(facts);
    case "Equal":
      return same;
    case "NotEqual":
      return (facts) => !same(facts);
  }
}
