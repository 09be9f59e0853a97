// The kinds that are watched, and where the API serves them.
import type { ConfigObject } from "../model/config-object.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import type { Node } from "../model/node.ts";
import type { SecretObject } from "../model/secret-object.ts";
import type { Service } from "../model/service.ts";

/** What each kind becomes in the picture. */
export interface ModelOf {
  readonly Service: Service;
  readonly EndpointSlice: EndpointSlice;
  readonly Node: Node;
  readonly BGPConfiguration: ConfigObject;
  readonly BGPPeer: ConfigObject;
  readonly BGPFilter: ConfigObject;
  /** Of an API, only those that peers name: each by itself, never the list (agent/watch/api/secrets.ts). */
  readonly Secret: SecretObject;
}

export type Kind = keyof ModelOf;

/** One place where the API may serve a kind. */
export interface Place {
  readonly apiVersion: string;
  /** Path of the collection, over all namespaces. */
  readonly path: string;
}

interface KindInfo extends Place {
  readonly namespaced: boolean;
  /** Comes by a CRD: absence (404) is waited for, and counts as synced and empty meanwhile. */
  readonly optional: boolean;
  /** Where Calico keeps the objects itself: read when they are served nowhere else. */
  readonly storage: Place | null;
}

const storage = "crd.projectcalico.org/v1";

export const kinds = {
  Service: { apiVersion: "v1", path: "/api/v1/services", namespaced: true, optional: false, storage: null },
  EndpointSlice: {
    apiVersion: "discovery.k8s.io/v1",
    path: "/apis/discovery.k8s.io/v1/endpointslices",
    namespaced: true,
    optional: false,
    storage: null,
  },
  Node: { apiVersion: "v1", path: "/api/v1/nodes", namespaced: false, optional: false, storage: null },
  Secret: { apiVersion: "v1", path: "/api/v1/secrets", namespaced: true, optional: false, storage: null },
  BGPConfiguration: {
    apiVersion: "projectcalico.org/v3",
    path: "/apis/projectcalico.org/v3/bgpconfigurations",
    namespaced: false,
    optional: true,
    storage: { apiVersion: storage, path: `/apis/${storage}/bgpconfigurations` },
  },
  BGPPeer: {
    apiVersion: "projectcalico.org/v3",
    path: "/apis/projectcalico.org/v3/bgppeers",
    namespaced: false,
    optional: true,
    storage: { apiVersion: storage, path: `/apis/${storage}/bgppeers` },
  },
  BGPFilter: {
    apiVersion: "projectcalico.org/v3",
    path: "/apis/projectcalico.org/v3/bgpfilters",
    namespaced: false,
    optional: true,
    storage: { apiVersion: storage, path: `/apis/${storage}/bgpfilters` },
  },
} as const satisfies Record<Kind, KindInfo>;

export const kindNames = Object.keys(kinds) as readonly Kind[];
