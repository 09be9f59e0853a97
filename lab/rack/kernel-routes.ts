// The routes that the ToR's router has put into its kernel.
import type { Family } from "../../agent/model/family.ts";
import { runIn } from "../../test/support/netns.ts";
import { at, items } from "./json.ts";

/** Prefix (as `ip route` prints it, a host route without length) → addresses of its next hops, sorted. */
export type KernelRoutes = ReadonlyMap<string, readonly string[]>;

/** Names that `ip` gives to the origin of routes from FRR's bgpd and from BIRD. */
const origins = ["bgp", "bird"];

export async function kernelRoutes(netns: string, family: Family): Promise<KernelRoutes> {
  const flag = family === "ipv4" ? "-4" : "-6";
  return parseRoutes(JSON.parse(await runIn(netns, "ip", "-j", flag, "route", "show")));
}

/** @param routes what `ip -j route` prints. A route may come as one entry or as one for each next hop. */
export function parseRoutes(routes: unknown): KernelRoutes {
  const found = new Map<string, readonly string[]>();
  for (const route of items(routes)) {
    const prefix = at(route, "dst");
    const origin = at(route, "protocol");
    if (typeof prefix !== "string" || typeof origin !== "string" || !origins.includes(origin)) continue;
    const hops = [route, ...items(at(route, "nexthops"))].map(gateway).filter((hop) => hop !== null);
    found.set(prefix, [...new Set([...(found.get(prefix) ?? []), ...hops])].sort());
  }
  return found;
}

/** @returns the address of a next hop; null for an entry that only carries a list of them. */
function gateway(hop: unknown): string | null {
  const address = at(hop, "gateway") ?? at(hop, "via", "host");
  return typeof address === "string" ? address : null;
}

/** `10.49.62.131/32` → `10.49.62.131`: how `ip route` writes it. */
export function asPrinted(prefix: string): string {
  return prefix.replace(prefix.includes(":") ? /\/128$/ : /\/32$/, "");
}
