// Whether a host route is due for a claimed address, and whose endpoints it then depends on.
import type { AllowEntry } from "../config/node-config.ts";
import type { AnnounceReason } from "../model/reason.ts";
import type { Service } from "../model/service.ts";
import type { Claim } from "./claim.ts";
import type { Scope } from "./endpoints.ts";
import type { View } from "./view.ts";

/** What asks for the host route. */
export type HostRuleCause =
  | "advertiseLocal"
  | "externalTrafficPolicy"
  | "internalTrafficPolicy"
  | "exactEntry"
  | "noAggregation"
  | "advertiseClusterIP";

/** `local`: from nodes with a ready endpoint. `cluster`: from every node while any endpoint is ready. */
export interface HostRule {
  readonly scope: Scope;
  readonly reason: AnnounceReason;
  readonly cause: HostRuleCause;
}

/** null: no host route is due, the aggregate covers the address. `entries` are those that hold the address. */
export function hostRule(
  service: Service,
  claim: Claim,
  entries: readonly AllowEntry[],
  { config }: View,
): HostRule | null {
  const local = localCause(service, claim);
  if (local !== null) return { scope: "local", reason: "LocalEndpoints", cause: local };
  if (entries.some((entry) => entry.exact))
    return { scope: "cluster", reason: "ExactEntry", cause: "exactEntry" };
  if (claim.source === "loadBalancerIPs" && !config.aggregateLoadBalancerIPs)
    return { scope: "cluster", reason: "ClusterEndpoints", cause: "noAggregation" };
  if (isAnnotated(service, claim))
    return { scope: "cluster", reason: "Annotated", cause: "advertiseClusterIP" };
  return null;
}

function localCause(service: Service, claim: Claim): HostRuleCause | null {
  if (service.annotations["bellman.bgp/advertise"] === "local") return "advertiseLocal";
  if (service.externalTrafficPolicy === "Local" && takesExternalTraffic(service))
    return "externalTrafficPolicy";
  if (service.internalTrafficPolicy === "Local" && claim.source === "clusterIPs")
    return "internalTrafficPolicy";
  return null;
}

/** Types for which the API honours externalTrafficPolicy; a ClusterIP service has external traffic by externalIPs. */
function takesExternalTraffic(service: Service): boolean {
  switch (service.type) {
    case "NodePort":
    case "LoadBalancer":
      return true;
    case "ClusterIP":
      return service.externalIPs.length > 0;
    case "ExternalName":
      return false;
  }
}

function isAnnotated(service: Service, claim: Claim): boolean {
  return (
    service.type === "ClusterIP" &&
    claim.source === "clusterIPs" &&
    service.annotations["projectcalico.org/AdvertiseClusterIP"] === "true"
  );
}
