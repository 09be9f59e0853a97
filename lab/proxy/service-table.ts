// What a node's kube-proxy would know: which service ports there are and which endpoints may answer them here.
import { isIPv6 } from "node:net";
import type { Manifest } from "../cluster/manifest.ts";
import { namespaceOf } from "../cluster/manifest.ts";
import { podsInSlice, serviceOf } from "../cluster/slices.ts";
import { at, items } from "../rack/json.ts";
import type { NodeName } from "../rack/layout.ts";

/** An address and port of a service, and where connections to it go. */
export interface ServicePort {
  /** null: a node port, on every address of the node. */
  readonly address: string | null;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly family: "ipv4" | "ipv6";
  readonly endpoints: readonly { readonly address: string; readonly port: number }[];
  /** Without endpoints: refuse (nobody serves), or drop (somebody does, on another node). */
  readonly whenEmpty: "reject" | "drop";
}

/** Every service port as the node should treat it (KEP-2086 for the internal traffic policy). */
export function serviceTable(objects: readonly Manifest[], node: NodeName): readonly ServicePort[] {
  const slices = objects.filter((object) => object.kind === "EndpointSlice");
  return objects
    .filter((object) => object.kind === "Service" && at(object, "spec", "type") !== "ExternalName")
    .flatMap((service) => portsOf(service, slices, node));
}

function portsOf(service: Manifest, slices: readonly Manifest[], node: NodeName): readonly ServicePort[] {
  const key = `${namespaceOf(service)}/${service.metadata.name}`;
  const ready = slices
    .filter((slice) => serviceOf(slice) === key)
    .flatMap(podsInSlice)
    .filter((endpoint) => endpoint.ready);
  const spec = service["spec"];
  const external = [
    ...items(at(spec, "externalIPs")),
    ...items(at(service, "status", "loadBalancer", "ingress")).map((entry) => at(entry, "ip")),
  ];
  return items(at(spec, "ports")).flatMap((port) => {
    const entry = (address: string | null, family: "ipv4" | "ipv6", number: unknown, policy: unknown) => {
      const all = ready.filter((pod) => isIPv6(pod.address) === (family === "ipv6"));
      const usable = policy === "Local" ? all.filter((pod) => pod.node === node) : all;
      return {
        address,
        port: Number(number),
        protocol: at(port, "protocol") === "UDP" ? ("udp" as const) : ("tcp" as const),
        family,
        endpoints: usable.map((pod) => ({ address: pod.address, port: pod.port })),
        whenEmpty: all.length > 0 ? ("drop" as const) : ("reject" as const),
      };
    };
    const entries = (addresses: readonly unknown[], policy: unknown) =>
      addresses
        .filter((address) => typeof address === "string" && address !== "None")
        .map((address) =>
          entry(String(address), isIPv6(String(address)) ? "ipv6" : "ipv4", at(port, "port"), policy),
        );
    const externalPolicy = at(spec, "externalTrafficPolicy");
    const nodePort = at(port, "nodePort");
    return [
      ...entries(items(at(spec, "clusterIPs")), at(spec, "internalTrafficPolicy")),
      ...entries(external, externalPolicy),
      ...(nodePort === undefined
        ? []
        : [entry(null, "ipv4", nodePort, externalPolicy), entry(null, "ipv6", nodePort, externalPolicy)]),
    ];
  });
}
