// A picture of many services as it comes from the API, and what should be held because of it.
import { Desired } from "../agent/reconcile/desired.ts";
import type { Cluster } from "../agent/watch/cluster.ts";
import { decode, modelKey } from "../agent/watch/decode/decode.ts";
import type { Kind, ModelOf } from "../agent/watch/kinds.ts";
import { plainDecisions } from "../test/support/picture.ts";
import { localService, sliceOf } from "./objects.ts";

export const slicesPerService = 2;

export function desiredOf(cluster: Cluster): Desired {
  return new Desired(cluster, plainDecisions);
}

/** Every other service has a ready endpoint on n1; cluster IPs are in 10.0.0.0/8, 256 of them in each /24. */
export function fill(cluster: Cluster, services: number): void {
  const indexes = Array.from({ length: services }, (_, index) => index);
  list(cluster, "Service", indexes, (index) =>
    localService(index, "NodePort", `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`),
  );
  const slices = indexes.flatMap((index) =>
    Array.from({ length: slicesPerService }, (_, part) => [index, part] as const),
  );
  list(cluster, "EndpointSlice", slices, ([index, part]) => sliceOf(index, part, "n1", index % 2 === 0));
  list(cluster, "Node", ["n1"], (name) => node(name));
  list(cluster, "BGPConfiguration", ["default"], (name) => configuration(name));
  list(cluster, "BGPPeer", ["tor"], (name) => peer(name, "192.168.1.1"));
  cluster.replace("BGPFilter", new Map());
}

function list<T>(cluster: Cluster, kind: Kind, items: readonly T[], objectOf: (item: T) => object): void {
  const objects = new Map<string, ModelOf[Kind]>();
  for (const item of items) {
    const object = decoded(kind, objectOf(item));
    objects.set(modelKey(object), object);
  }
  cluster.replace(kind, objects);
}

/** As it comes from the API: every string is one of its own. */
export function decoded<K extends Kind>(kind: K, object: object): ModelOf[K] {
  return decode(kind, JSON.parse(JSON.stringify(object)));
}

export function node(name: string, more: { metadata?: object } = {}): object {
  return {
    metadata: { name, uid: name, ...more.metadata },
    status: { addresses: [{ type: "InternalIP", address: "192.168.1.10" }] },
  };
}

export function configuration(name: string, more: object = {}): object {
  const spec = { asNumber: 64512, serviceClusterIPs: [{ cidr: "10.0.0.0/8" }], ...more };
  return { metadata: { name }, spec };
}

export function peer(name: string, peerIP: string): object {
  return { metadata: { name }, spec: { peerIP, asNumber: 64512 } };
}
