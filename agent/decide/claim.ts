// One address that a service claims, and from where.
import type { AddressSource } from "../config/node-config.ts";
import type { Address } from "../model/address.ts";
import type { LoadBalancerIngress, Service } from "../model/service.ts";

export interface Claim {
  readonly source: AddressSource;
  readonly address: Address;
  readonly ipMode: LoadBalancerIngress["ipMode"];
}

/** Every address of the service, cluster IPs first; one address may be claimed from several sources. */
export function* claimsOf(service: Service): Iterable<Claim> {
  for (const address of service.clusterIPs) yield { source: "clusterIPs", address, ipMode: "VIP" };
  for (const address of service.externalIPs) yield { source: "externalIPs", address, ipMode: "VIP" };
  for (const { ip, ipMode } of service.ingress)
    if (ip !== null) yield { source: "loadBalancerIPs", address: ip, ipMode };
}
