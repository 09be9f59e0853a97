// The own node: whether it may announce, whether it drains, what it is called by.
import { at, list } from "./json.ts";
import { isReservedIp, parseIp } from "./net.ts";
import type { Ip } from "./net.ts";
import type { Settings } from "./settings.ts";

const exclusion = "node.kubernetes.io/exclude-from-external-load-balancers";

/** What keeps the node from announcing; null: nothing. */
export function nodeObjection(node: unknown, settings: Settings): string | null {
  if (node === undefined) return "NotSynced";
  if (isExcluded(node, settings)) return "NodeExcluded";
  const conditions = list(at(node, "status", "conditions"));
  const unavailable = conditions.some(
    (each) => at(each, "type") === "NetworkUnavailable" && at(each, "status") === "True",
  );
  return unavailable ? "NodeNetworkUnavailable" : null;
}

export function isExcluded(node: unknown, { excludeLabel }: Settings): boolean {
  const value = at(node, "metadata", "labels", exclusion);
  if (value === undefined || excludeLabel === "ignore") return false;
  if (excludeLabel === "calico") return value === "true";
  return !["0", "f", "F", "false", "FALSE", "False"].some((no) => no === value);
}

export function drains(node: unknown, gone: boolean, { drainTaint }: Settings): boolean {
  if (gone || at(node, "metadata", "deletionTimestamp") !== undefined) return true;
  if (at(node, "metadata", "annotations", "bellman.bgp/drain") === "true") return true;
  return list(at(node, "spec", "taints")).some((taint) => {
    const key = at(taint, "key");
    return key === "ToBeDeletedByClusterAutoscaler" || (drainTaint !== null && key === drainTaint);
  });
}

export function nodeAddresses(node: unknown): readonly Ip[] {
  return list(at(node, "status", "addresses"))
    .map((entry) => parseIp(at(entry, "address")))
    .filter((ip) => ip !== null);
}

/** The next hop of its IPv6 routes; null: it can have none. */
export function globalIpv6(node: unknown): Ip | null {
  const internal = list(at(node, "status", "addresses")).filter(
    (entry) => at(entry, "type") === "InternalIP",
  );
  const ips = internal.map((entry) => parseIp(at(entry, "address"))).filter((ip) => ip !== null);
  return ips.find((ip) => ip.bits === 128 && !isReservedIp(ip)) ?? null;
}
