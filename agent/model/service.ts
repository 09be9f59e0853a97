// A Service, trimmed to what decides whether its addresses are announced.
import type { Address } from "./address.ts";
import type { Problem } from "./problem.ts";

declare const brand: unique symbol;

/** `namespace/name`, also the key of EndpointSlices. */
export type ObjectKey = string & { readonly [brand]: "ObjectKey" };
export type ServiceKey = ObjectKey;

export function objectKey(namespace: string, name: string): ObjectKey {
  return `${namespace}/${name}` as ObjectKey;
}

export type ServiceType = "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
export type TrafficPolicy = "Cluster" | "Local";

/** One entry of status.loadBalancer.ingress: an address, a host name, or (`null`, `null`) for one not understood. */
export interface LoadBalancerIngress {
  readonly ip: Address | null;
  readonly hostname: string | null;
  /** KEP-1860: `Proxy` means that the balancer ends the connection; the node must not attract that address. */
  readonly ipMode: "VIP" | "Proxy";
}

export interface Service {
  readonly key: ServiceKey;
  readonly uid: string;
  readonly type: ServiceType;
  /** `clusterIP: None` */
  readonly headless: boolean;
  /** metadata.deletionTimestamp is set. */
  readonly deleting: boolean;
  readonly clusterIPs: readonly Address[];
  readonly externalIPs: readonly Address[];
  readonly ingress: readonly LoadBalancerIngress[];
  readonly externalTrafficPolicy: TrafficPolicy;
  readonly internalTrafficPolicy: TrafficPolicy;
  readonly loadBalancerClass: string | null;
  readonly healthCheckNodePort: number | null;
  /** Value of the label service.kubernetes.io/service-proxy-name. */
  readonly proxyName: string | null;
  /** Only annotations that Bellman knows, by full name. */
  readonly annotations: Readonly<Record<string, string>>;
  /** What could not be read; the parts concerned are left out above. */
  readonly problems: readonly Problem[];
}
