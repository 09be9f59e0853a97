// What keeps every address of a service from being announced, in the order in which it is looked at.
import type { RefusalReason } from "../model/reason.ts";
import type { Service } from "../model/service.ts";

export type ServiceGateName = "headless" | "externalName" | "deleting" | "proxy" | "address" | "optOut";

export interface ServiceGate {
  readonly name: ServiceGateName;
  /** null: nothing against it. */
  readonly refuse: (service: Service) => RefusalReason | null;
}

/** Fields that addresses are read from. */
const addressField = /^(?:spec\.(?:clusterIP|clusterIPs|externalIPs)|status)\b/;

/** An entry of the load balancer's with a host name only is none. */
const hasAddress = (service: Service): boolean =>
  service.clusterIPs.length > 0 ||
  service.externalIPs.length > 0 ||
  service.ingress.some((ingress) => ingress.ip !== null);

export const serviceGates: readonly ServiceGate[] = [
  { name: "headless", refuse: (service) => (service.headless ? "Headless" : null) },
  { name: "externalName", refuse: (service) => (service.type === "ExternalName" ? "ExternalName" : null) },
  { name: "deleting", refuse: (service) => (service.deleting ? "ServiceDeleting" : null) },
  { name: "proxy", refuse: (service) => (service.proxyName === null ? null : "OtherProxy") },
  { name: "address", refuse: (service) => (hasAddress(service) ? null : withoutAddress(service)) },
  {
    name: "optOut",
    refuse: (service) => (service.annotations["bellman.bgp/advertise"] === "none" ? "OptedOut" : null),
  },
];

/** The first reason against all addresses of the service; null: each is judged by itself. */
export function serviceRefusal(service: Service): RefusalReason | null {
  for (const gate of serviceGates) {
    const reason = gate.refuse(service);
    if (reason !== null) return reason;
  }
  return null;
}

function withoutAddress(service: Service): RefusalReason {
  if (service.ingress.some((ingress) => ingress.hostname !== null)) return "HostnameOnly";
  return service.problems.some(({ field }) => addressField.test(field)) ? "InvalidObject" : "NoAddress";
}
