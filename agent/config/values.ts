// Values that BGPConfiguration and BGPPeer have in common: AS numbers, ports, `ip:port`.
import ipaddr from "ipaddr.js";
import { familyOf, parseAddress } from "../model/address.ts";
import type { Address } from "../model/address.ts";
import { quote } from "../model/problem.ts";

/** RFC 4271 §8. */
export const bgpPort = 179;

export function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

/** What is wrong with a value that is no AS number; YAML reads `1.10` without quotes as the number 1.1. */
export function describeBadAsn(value: unknown): string {
  const says = `${quote(value)} is not an AS number that may be used`;
  return typeof value === "number" && !Number.isInteger(value)
    ? `${says} (dotted notation needs quotes)`
    : says;
}

/** Where a neighbour listens. */
export interface Endpoint {
  readonly address: Address;
  readonly port: number;
}

/** Parses `ip`, `ip:port` or `[ipv6]:port`; the port is 179 unless said. Returns null for anything else. */
export function parseEndpoint(text: string): Endpoint | null {
  const bare = parseAddress(text);
  if (bare !== null) return { address: bare, port: bgpPort };
  const [, v6, v4, digits] = /^(?:\[([^\]]*)\]|([^:]*)):([1-9][0-9]{0,4})$/.exec(text) ?? [];
  const address = parseAddress(v6 ?? v4 ?? "");
  const port = Number(digits);
  if (address === null || !isPort(port) || (familyOf(address) === "ipv6") !== (v6 !== undefined)) return null;
  return { address, port };
}

/** `192.0.2.1:179` or `[2001:db8::1]:179`; equal for equal endpoints. */
export function endpointText({ address, port }: Endpoint): string {
  return familyOf(address) === "ipv6" ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;
}

/** Can one neighbour have this address? Not the unspecified address, this machine's own, a multicast group or everybody. */
export function isUnicast(address: Address): boolean {
  return !["unspecified", "loopback", "multicast", "broadcast"].includes(ipaddr.parse(address).range());
}

/** fe80::/10: says nothing without an interface. */
export function isLinkLocalIPv6(address: Address): boolean {
  return familyOf(address) === "ipv6" && ipaddr.parse(address).range() === "linkLocal";
}
