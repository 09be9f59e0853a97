// What kube-proxy answers, read with doubt: something else may listen on its ports.
import type { Family } from "../../model/family.ts";
import type { ServiceKey } from "../../model/service.ts";
import { isFields } from "../decode/fields.ts";
import type { Fields } from "../decode/fields.ts";
import type { SyncAnswer, SyncAnswers } from "../../model/dataplane.ts";

/** As the API calls the families. */
const familyNames = { ipv4: "IPv4", ipv6: "IPv6" } as const satisfies Record<Family, string>;

/**
 * Reads `/healthz`, whatever its status: a node with the autoscaler's taint, or deleted, gets 503 from a sound proxy.
 *
 * `status` holds a `lastUpdated` for each family since Kubernetes 1.33; the one at the top is always now. Before its
 * first sync a proxy that would tell has no `status`, but `healthy`.
 *
 * @returns null for what no kube-proxy says.
 */
export function readHealth(body: string): SyncAnswers | null {
  const health = parseObject(body);
  if (typeof health?.["lastUpdated"] !== "string") return null;
  const status = health["status"];
  if (status === undefined) {
    const mute: SyncAnswer = { t: typeof health["healthy"] === "boolean" ? "starting" : "untold" };
    return { ipv4: mute, ipv6: mute };
  }
  if (!isFields(status)) return null;
  const [ipv4, ipv6] = [syncOf(status[familyNames.ipv4]), syncOf(status[familyNames.ipv6])];
  return ipv4 === null || ipv6 === null ? null : { ipv4, ipv6 };
}

/** Reads what a health check node port answers: whether it serves endpoints on this node, for this service. */
export function readsServing(status: number, body: string, service: ServiceKey): boolean {
  if (status !== 200) return false;
  const answer = parseObject(body);
  const [about, endpoints] = [answer?.["service"], answer?.["localEndpoints"]];
  if (!isFields(about) || typeof endpoints !== "number") return false;
  return `${String(about["namespace"])}/${String(about["name"])}` === service && endpoints > 0;
}

/** A family that the proxy does not serve is not spoken of. */
function syncOf(value: unknown): SyncAnswer | null {
  if (value === undefined) return { t: "untold" };
  const text = isFields(value) ? value["lastUpdated"] : undefined;
  const ms = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? null : { t: "at", ms };
}

function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}
