// Autonomous system numbers, 4 bytes wide (RFC 6793).

declare const brand: unique symbol;

export type Asn = number & { readonly [brand]: "Asn" };

/** What a cluster uses that says nothing else: the first AS number for private use (RFC 6996), as in Calico. */
export const defaultAsn = 64512 as Asn;

/**
 * Parses an AS number in plain (`64512`, also a YAML number) or dotted form (`1.10`, RFC 5396).
 *
 * 0 (RFC 7607), 23456 (AS_TRANS, RFC 6793) and 4294967295 (RFC 7300) are reserved. Returns null for them and for
 * anything else.
 */
export function parseAsn(value: unknown): Asn | null {
  const number = typeof value === "number" ? value : typeof value === "string" ? parseText(value) : null;
  if (number === null || !Number.isInteger(number)) return null;
  if (number <= 0 || number >= 0xffff_ffff || number === 23456) return null;
  return number as Asn;
}

function parseText(text: string): number | null {
  if (/^[0-9]{1,10}$/.test(text)) return Number(text);
  const dotted = /^([0-9]{1,5})\.([0-9]{1,5})$/.exec(text);
  if (dotted === null) return null;
  const [high, low] = [Number(dotted[1]), Number(dotted[2])];
  return high > 0xffff || low > 0xffff ? null : high * 0x1_0000 + low;
}
