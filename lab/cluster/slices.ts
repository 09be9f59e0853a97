// EndpointSlices as the lab writes and reads them where no controller does.
import { families } from "../../agent/model/family.ts";
import type { Addresses, NodeName } from "../rack/layout.ts";
import { isNodeName } from "../rack/layout.ts";
import { at, items } from "../rack/json.ts";
import { namespaceOf, splitName } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";

export interface SliceEndpoint {
  readonly pod: string;
  readonly node: NodeName;
  readonly ready: boolean;
  readonly addresses: Addresses;
}

/** One slice for each family, as the controller makes them for a service of both. */
export function slicesOf(
  service: string,
  port: { readonly name: string; readonly number: number },
  endpoints: readonly SliceEndpoint[],
): readonly Manifest[] {
  const { namespace, name } = splitName(service);
  return families.map((family) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${name}-${family}`,
      namespace,
      labels: { "kubernetes.io/service-name": name },
    },
    addressType: family === "ipv4" ? "IPv4" : "IPv6",
    ports: [{ name: port.name, protocol: "TCP", port: port.number }],
    endpoints: endpoints.map(({ pod, node, ready, addresses }) => ({
      addresses: [addresses[family]],
      nodeName: node,
      targetRef: { kind: "Pod", namespace, name: pod },
      conditions: { ready, serving: ready, terminating: false },
    })),
  }));
}

/** What a slice says of pods that should run: those with a name, on a node of the rack. */
export interface PodInSlice {
  readonly pod: string;
  readonly node: NodeName;
  readonly ready: boolean;
  readonly port: number;
  readonly address: string;
}

export function podsInSlice(slice: Manifest): readonly PodInSlice[] {
  const port = at(slice, "ports", 0, "port");
  if (typeof port !== "number") return [];
  return items(slice["endpoints"]).flatMap((endpoint) => {
    const node = at(endpoint, "nodeName");
    const pod = at(endpoint, "targetRef", "name");
    const address = at(endpoint, "addresses", 0);
    if (!isNodeName(node) || typeof pod !== "string" || typeof address !== "string") return [];
    return [{ pod, node, ready: at(endpoint, "conditions", "ready") !== false, port, address }];
  });
}

/** `namespace/name` of the service a slice belongs to. */
export function serviceOf(slice: Manifest): string | null {
  const name = at(slice, "metadata", "labels", "kubernetes.io/service-name");
  return typeof name === "string" ? `${namespaceOf(slice)}/${name}` : null;
}

/** The port behind a service's first port; a service that names no target port has its pods on the same one. */
export function targetPort(service: Manifest): { readonly name: string; readonly number: number } {
  const port = at(service, "spec", "ports", 0);
  const number = at(port, "targetPort") ?? at(port, "port");
  if (typeof number !== "number") throw new Error(`Service ${service.metadata.name} has no port by number`);
  const name = at(port, "name");
  return { name: typeof name === "string" ? name : "", number };
}
