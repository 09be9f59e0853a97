// Where the rack's Kubernetes objects live: a directory of manifests, or a real API server. Both take the same orders.
import type { NodeName } from "../rack/layout.ts";
import type { Manifest, MergePatch } from "./manifest.ts";

/** A pod behind a service. */
export interface PodSpec {
  readonly pod: string;
  readonly node: NodeName;
  /** Default true. */
  readonly ready?: boolean;
}

export interface Cluster {
  readonly name: "manifests" | "kubernetes";
  /** How an agent is pointed at it. */
  readonly agentSettings: readonly string[];

  /** Fills it for the first time, before anybody follows it. @param files where the objects come from. */
  seed(objects: readonly Manifest[], files: readonly string[]): Promise<void>;
  /** Creates the objects, or replaces those that are there. A status is set too. */
  apply(objects: readonly Manifest[]): Promise<void>;
  /** Merges into one object. @returns what a person would do instead. */
  patch(kind: string, name: string, patch: MergePatch): Promise<string>;
  delete(kind: string, name: string): Promise<void>;
  /** @throws when there is none. */
  get(kind: string, name: string): Promise<Manifest>;
  /**
   * Makes these the pods behind a service, running and reachable on their nodes; pods left out are ended. A manifests
   * directory gets slices that say so; in Kubernetes the controller makes them from the pods.
   */
  setPods(service: string, pods: readonly PodSpec[]): Promise<void>;
  /** Starts what translates service addresses on every node. */
  startProxies(): Promise<void>;
}
