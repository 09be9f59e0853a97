// An EndpointSlice (discovery.k8s.io/v1), trimmed to who can serve and where.
import type { Family } from "./family.ts";
import type { Problem } from "./problem.ts";
import type { ObjectKey, ServiceKey } from "./service.ts";

/** Conditions are as the API defines them, with its defaults filled in: ready, serving, not terminating. */
export interface Endpoint {
  /** First address as text, for people only: nothing is ever announced from it. */
  readonly address: string;
  /** null: not known; counts for the cluster, not for a node. */
  readonly nodeName: string | null;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
}

export interface EndpointSlice {
  readonly key: ObjectKey;
  readonly uid: string;
  /** From the label kubernetes.io/service-name; null: the slice belongs to no service. */
  readonly service: ServiceKey | null;
  /** null: addressType FQDN. */
  readonly family: Family | null;
  readonly endpoints: readonly Endpoint[];
  /** Annotation endpoints.kubernetes.io/last-change-trigger-time, in ms since the epoch. */
  readonly triggeredAtMs: number | null;
  readonly problems: readonly Problem[];
}
