// What of Services and EndpointSlices a node's proxy forwards by: it does not look at the rest.
import type { DataplanePart } from "../../model/dataplane.ts";
import type { EndpointSlice } from "../../model/endpoint-slice.ts";
import type { Service, ServiceKey } from "../../model/service.ts";
import type { Kind, ModelOf } from "../kinds.ts";

/** Told of a change that the proxy has to take in. */
export type ProxiedListener = (service: ServiceKey, part: DataplanePart) => void;

/** Tells the listener what it is of the difference between two states of an object; undefined: there is none. */
export type ProxiedCompare<T> = (old: T | undefined, now: T | undefined, tell: ProxiedListener) => void;

const notProxied = () => undefined;

export const proxied: { readonly [K in Kind]: ProxiedCompare<ModelOf[K]> } = {
  Service: (old, now, tell) => {
    const key = (now ?? old)?.key;
    if (key !== undefined && differ(old && ofService(old), now && ofService(now))) tell(key, "service");
  },
  // One that moves from one service to another changes both.
  EndpointSlice: (old, now, tell) => {
    if (!differ(old && ofSlice(old), now && ofSlice(now))) return;
    for (const service of new Set([old?.service, now?.service]))
      if (service != null) tell(service, "endpoints");
  },
  Node: notProxied,
  BGPConfiguration: notProxied,
  BGPPeer: notProxied,
  BGPFilter: notProxied,
  Secret: notProxied,
};

/** Compares a list, object by object, with the one before it. */
export function compareLists<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  compare: (old: T | undefined, now: T | undefined) => void,
): void {
  for (const [key, now] of after) compare(before.get(key), now);
  for (const [key, old] of before) if (!after.has(key)) compare(old, undefined);
}

function ofService(it: Service): unknown {
  const { type, clusterIPs, externalIPs, ingress, healthCheckNodePort, proxyName } = it;
  const { externalTrafficPolicy, internalTrafficPolicy } = it;
  const addresses = [clusterIPs, externalIPs, ingress];
  return [type, addresses, healthCheckNodePort, proxyName, externalTrafficPolicy, internalTrafficPolicy];
}

function ofSlice({ service, family, endpoints }: EndpointSlice): unknown {
  return [service, family, endpoints];
}

function differ(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
