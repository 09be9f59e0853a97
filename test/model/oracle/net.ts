// Addresses and prefixes as plain numbers: the oracle's own arithmetic, slow and simple.

export interface Ip {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface Cidr extends Ip {
  readonly length: number;
}

/** null: not an address that Bellman takes (RFC 5952 text is not asked for; leading zeros in IPv4 are refused). */
export function parseIp(text: unknown): Ip | null {
  if (typeof text !== "string") return null;
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Ip | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]*)$/.test(part) && Number(part) < 256))
    return null;
  return { bits: 32, value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
}

function parseIpv6(text: string): Ip | null {
  const [left = "", right] = text.split("::");
  const groups = (side: string) => (side === "" ? [] : side.split(":"));
  const [head, tail] = [groups(left), groups(right ?? "")];
  const missing = 8 - head.length - tail.length;
  if (right === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array.from({ length: right === undefined ? 0 : missing }, () => "0"), ...tail];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return { bits: 128, value: all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) };
}

/** Host bits are cleared. */
export function parseCidr(text: unknown): Cidr | null {
  if (typeof text !== "string") return null;
  const [address, digits, more] = text.split("/");
  const ip = parseIp(address);
  if (ip === null || more !== undefined || digits === undefined || !/^[0-9]{1,3}$/.test(digits)) return null;
  const length = Number(digits);
  if (length > ip.bits) return null;
  const host = BigInt(ip.bits - length);
  return { bits: ip.bits, value: (ip.value >> host) << host, length };
}

export function hostCidr(ip: Ip): Cidr {
  return { ...ip, length: ip.bits };
}

export function inside(outer: Cidr, inner: Cidr): boolean {
  const host = BigInt(outer.bits - outer.length);
  return (
    outer.bits === inner.bits && inner.length >= outer.length && outer.value >> host === inner.value >> host
  );
}

/** Unspecified ("this network" as a whole in IPv4), loopback, link-local, multicast, broadcast. */
const reserved = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/4",
  "255.255.255.255/32",
  "::/128",
  "::1/128",
  "fe80::/10",
  "ff00::/8",
].map(parseCidr);

export function isReservedIp(ip: Ip): boolean {
  return reserved.some((range) => range !== null && inside(range, hostCidr(ip)));
}

export function ipText({ bits, value }: Ip): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
  const groups = [7n, 6n, 5n, 4n, 3n, 2n, 1n, 0n].map((at) => ((value >> (at * 16n)) & 65535n).toString(16));
  for (let zeros = 8; zeros > 1; zeros--)
    for (let at = 0; at + zeros <= 8; at++)
      if (groups.slice(at, at + zeros).every((group) => group === "0"))
        return `${groups.slice(0, at).join(":")}::${groups.slice(at + zeros).join(":")}`;
  return groups.join(":");
}

export function cidrText(cidr: Cidr): string {
  return `${ipText(cidr)}/${cidr.length}`;
}

/** IPv4 first, then by number, then the shorter first. */
export function compareCidrs(a: Cidr, b: Cidr): number {
  if (a.bits !== b.bits) return a.bits - b.bits;
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return a.length - b.length;
}
