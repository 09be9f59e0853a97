// What keeps every address of a service from being announced, in the order in which it is looked at.
import type { RefusalReason } from "../model/reason.ts";
import type { Service } from "../model/service.ts";

type ServiceGate = (service: Service) => RefusalReason | null;

/** Whether the service has an address, or at least text where one should be. */
const hasAddress = (service: Service): boolean =>
  service.clusterIPs.length > 0 ||
  service.externalIPs.length > 0 ||
  service.ingress.some((ingress) => ingress.ip !== null);

const gates: readonly ServiceGate[] = [
  (service) => (service.headless ? "Headless" : null),
  (service) => (service.type === "ExternalName" ? "ExternalName" : null),
  (service) => (service.deleting ? "ServiceDeleting" : null),
  (service) => (service.proxyName === null ? null : "OtherProxy"),
  (service) => (hasAddress(service) ? null : withoutAddress(service)),
  (service) => (service.annotations["bellman.bgp/advertise"] === "none" ? "OptedOut" : null),
];

/** The first reason against all addresses of the service; null: each is judged by itself. */
export function serviceRefusal(service: Service): RefusalReason | null {
  for (const gate of gates) {
    const reason = gate(service);
    if (reason !== null) return reason;
  }
  return null;
}

function withoutAddress(service: Service): RefusalReason {
  if (service.ingress.some((ingress) => ingress.hostname !== null)) return "HostnameOnly";
  return service.problems.length > 0 ? "InvalidObject" : "NoAddress";
}
