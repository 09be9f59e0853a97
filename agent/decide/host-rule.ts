// Whether a host route is due for a claimed address, and whose endpoints it then depends on.
import type { AllowEntry } from "../config/node-config.ts";
import type { AnnounceReason } from "../model/reason.ts";
import type { Service } from "../model/service.ts";
import type { Claim } from "./claim.ts";
import type { Scope } from "./endpoints.ts";
import type { View } from "./view.ts";

/** `local`: from nodes with a ready endpoint. `cluster`: from every node while any endpoint is ready. */
export interface HostRule {
  readonly scope: Scope;
  readonly reason: AnnounceReason;
}

/** null: no host route is due, the aggregate covers the address. `entries` are those that hold the address. */
export function hostRule(
  service: Service,
  claim: Claim,
  entries: readonly AllowEntry[],
  { config }: View,
): HostRule | null {
  if (isLocal(service, claim)) return { scope: "local", reason: "LocalEndpoints" };
  if (entries.some((entry) => entry.exact)) return { scope: "cluster", reason: "ExactEntry" };
  if (claim.source === "loadBalancerIPs" && !config.aggregateLoadBalancerIPs)
    return { scope: "cluster", reason: "ClusterEndpoints" };
  if (isAnnotated(service, claim)) return { scope: "cluster", reason: "Annotated" };
  return null;
}

function isLocal(service: Service, claim: Claim): boolean {
  if (service.annotations["bellman.bgp/advertise"] === "local") return true;
  if (service.externalTrafficPolicy === "Local" && takesExternalTraffic(service)) return true;
  return service.internalTrafficPolicy === "Local" && claim.source === "clusterIPs";
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
