// Service (v1) as the API writes it → the model's Service.
import type { Address } from "../../model/address.ts";
import type { LoadBalancerIngress, Service, ServiceType, TrafficPolicy } from "../../model/service.ts";
import { reportUnknownAnnotations } from "./annotations.ts";
import { isAbsent, show } from "./fields.ts";
import type { Fields, Reader } from "./fields.ts";
import { keyOf, readMetadata } from "./metadata.ts";

const types = ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] as const satisfies ServiceType[];
const policies = ["Cluster", "Local"] as const satisfies TrafficPolicy[];
const noIngress: readonly LoadBalancerIngress[] = [];

/** Annotations that have a meaning to Bellman; no other is kept. */
export const serviceAnnotations = [
  "projectcalico.org/AdvertiseClusterIP",
  "bellman.bgp/advertise",
  "bellman.bgp/communities",
  "bellman.bgp/med",
  "bellman.bgp/local-pref",
  "bellman.bgp/prepend",
] as const;

const proxyLabel = "service.kubernetes.io/service-proxy-name";

/** @throws {DecodeError} when the object has no proper name. */
export function decodeService(object: unknown): Service {
  const { wire, metadata, reader } = readMetadata("Service", object);
  const spec = reader.fields(wire["spec"], "spec");
  const status = reader.fields(wire["status"], "status");
  const clusterIPs = reader.list(spec["clusterIPs"], "spec.clusterIPs");
  reportUnknownAnnotations(reader, metadata.annotations, serviceAnnotations);
  const headless = spec["clusterIP"] === "None" || clusterIPs[0] === "None";
  return {
    key: keyOf(metadata.namespace, metadata.name),
    uid: metadata.uid,
    type: reader.choice(spec["type"], "spec.type", types, "ClusterIP"),
    headless,
    deleting: metadata.deleting,
    clusterIPs: headless ? [] : readClusterIPs(reader, spec["clusterIP"], clusterIPs),
    externalIPs: reader.addresses(reader.list(spec["externalIPs"], "spec.externalIPs"), "spec.externalIPs"),
    ingress: readIngress(reader, status),
    externalTrafficPolicy: readPolicy(reader, spec, "externalTrafficPolicy"),
    internalTrafficPolicy: readPolicy(reader, spec, "internalTrafficPolicy"),
    loadBalancerClass: emptyIsNull(reader.text(spec["loadBalancerClass"], "spec.loadBalancerClass")),
    healthCheckNodePort: readPort(reader, spec["healthCheckNodePort"], "spec.healthCheckNodePort"),
    proxyName: reader.text(metadata.labels[proxyLabel], `metadata.labels[${proxyLabel}]`),
    annotations: reader.strings(metadata.annotations, "metadata.annotations", serviceAnnotations),
    problems: reader.problems,
  };
}

/** Manifests may have only the older, single field. */
function readClusterIPs(reader: Reader, single: unknown, list: readonly unknown[]): readonly Address[] {
  if (list.length > 0) return reader.addresses(list, "spec.clusterIPs");
  if (isAbsent(single) || single === "") return [];
  const address = reader.address(single, "spec.clusterIP");
  return address === null ? [] : [address];
}

function readPolicy(reader: Reader, spec: Fields, name: string): TrafficPolicy {
  // The API also knows an empty externalTrafficPolicy: the service has none.
  return spec[name] === "" ? "Cluster" : reader.choice(spec[name], `spec.${name}`, policies, "Cluster");
}

function readIngress(reader: Reader, status: Fields): readonly LoadBalancerIngress[] {
  const balancer = reader.fields(status["loadBalancer"], "status.loadBalancer");
  const entries = reader.list(balancer["ingress"], "status.loadBalancer.ingress");
  if (entries.length === 0) return noIngress;
  return entries.map((entry, index) => {
    const field = `status.loadBalancer.ingress[${index}]`;
    const fields = reader.fields(entry, field);
    const { ip, hostname, ipMode } = fields;
    const known = isAbsent(ipMode) || ipMode === "VIP" || ipMode === "Proxy";
    if (!known) reader.report(`${field}.ipMode`, `${show(ipMode)} is neither VIP nor Proxy; left out`);
    return {
      ip: !known || isAbsent(ip) || ip === "" ? null : reader.address(ip, `${field}.ip`),
      hostname: emptyIsNull(reader.text(hostname, `${field}.hostname`)),
      ipMode: ipMode === "Proxy" ? "Proxy" : "VIP",
    };
  });
}

function readPort(reader: Reader, value: unknown, field: string): number | null {
  if (isAbsent(value) || value === 0) return null;
  if (typeof value === "number" && Number.isInteger(value) && value > 0 && value <= 65535) return value;
  reader.report(field, `${show(value)} is not a port; it is left out`);
  return null;
}

function emptyIsNull(text: string | null): string | null {
  return text === "" ? null : text;
}
