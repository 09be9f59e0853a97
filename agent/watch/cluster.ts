// The picture: everything Bellman has seen of the cluster, indexed by service, with word of what changed.
import type { ConfigObject } from "../model/config-object.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import type { Node } from "../model/node.ts";
import type { Problem } from "../model/problem.ts";
import type { Service, ServiceKey } from "../model/service.ts";
import { kindNames } from "./kinds.ts";
import type { Kind, ModelOf } from "./kinds.ts";
import type { Sink } from "./sink.ts";

/** What has to be decided again. `all` follows a list of services or slices; an unsynced picture tells nothing. */
export type Change =
  | { readonly t: "service"; readonly key: ServiceKey; readonly triggeredAtMs: number | null }
  | { readonly t: "node"; readonly name: string }
  | { readonly t: "config" }
  | { readonly t: "all" };

const noSlices: ReadonlyMap<string, EndpointSlice> = new Map();

export class Cluster implements Sink {
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, EndpointSlice>();
  readonly #slicesOf = new Map<ServiceKey, Map<string, EndpointSlice>>();
  readonly #nodes = new Map<string, Node>();
  readonly #configurations = new Map<string, ConfigObject>();
  readonly #peers = new Map<string, ConfigObject>();
  readonly #reports = new Map<string, readonly Problem[]>();
  readonly #unsynced = new Set<Kind>(kindNames);
  readonly #onChange: (change: Change) => void;

  /** @param onChange called synchronously after each change of a picture that is synced. */
  constructor(onChange: (change: Change) => void = () => undefined) {
    this.#onChange = onChange;
  }

  /** Kinds that have not been listed yet; nothing may be announced or withdrawn until there are none. */
  get unsynced(): ReadonlySet<Kind> {
    return this.#unsynced;
  }

  get services(): ReadonlyMap<string, Service> {
    return this.#services;
  }

  service(key: ServiceKey): Service | undefined {
    return this.#services.get(key);
  }

  slicesOf(key: ServiceKey): Iterable<EndpointSlice> {
    return (this.#slicesOf.get(key) ?? noSlices).values();
  }

  node(name: string): Node | undefined {
    return this.#nodes.get(name);
  }

  get configurations(): ReadonlyMap<string, ConfigObject> {
    return this.#configurations;
  }

  get peers(): ReadonlyMap<string, ConfigObject> {
    return this.#peers;
  }

  count(kind: Kind): number {
    return this.#store(kind).size;
  }

  /** What is wrong with the objects and at the source, configuration aside: the config room tells that. */
  *problems(): Iterable<Problem> {
    for (const reported of this.#reports.values()) yield* reported;
    for (const store of [this.#services, this.#slices, this.#nodes])
      for (const object of store.values()) yield* object.problems;
  }

  replace<K extends Kind>(kind: K, objects: ReadonlyMap<string, ModelOf[K]>): void {
    const store = this.#store(kind);
    const before = kind === "Service" || kind === "EndpointSlice" ? null : JSON.stringify([...store]);
    store.clear();
    for (const [key, object] of objects) store.set(key, object);
    if (kind === "EndpointSlice") {
      this.#slicesOf.clear();
      for (const [key, slice] of this.#slices) this.#index(key, slice);
    }
    if (this.#unsynced.size > 0) {
      this.#unsynced.delete(kind);
      if (this.#unsynced.size === 0) this.#onChange({ t: "all" });
    } else if (before === null || before !== JSON.stringify([...store])) {
      this.#onChange({ t: "all" });
    }
  }

  set<K extends Kind>(kind: K, key: string, object: ModelOf[K]): void {
    const store = this.#store(kind);
    const old = store.get(key);
    store.set(key, object);
    this.#changed(kind, key, old, object);
  }

  remove(kind: Kind, key: string): void {
    const store = this.#store(kind);
    const old = store.get(key);
    if (!store.delete(key)) return;
    this.#changed(kind, key, old, undefined);
  }

  report(origin: string, problems: readonly Problem[]): void {
    if (problems.length > 0) this.#reports.set(origin, problems);
    else if (!this.#reports.delete(origin)) return;
    if (this.#unsynced.size === 0) this.#onChange({ t: "config" });
  }

  #changed<K extends Kind>(
    kind: K,
    key: string,
    old: ModelOf[K] | undefined,
    now: ModelOf[K] | undefined,
  ): void {
    const changes = this.#changes(kind, key, old, now);
    if (this.#unsynced.size === 0) for (const change of changes) this.#onChange(change);
  }

  /** Brings the index up to date and tells what has to be decided again. */
  #changes(
    kind: Kind,
    key: string,
    old: ModelOf[Kind] | undefined,
    now: ModelOf[Kind] | undefined,
  ): Change[] {
    switch (kind) {
      case "Service":
        return [{ t: "service", key: key as ServiceKey, triggeredAtMs: null }];
      case "EndpointSlice":
        return this.#sliceChanges(key, old as EndpointSlice | undefined, now as EndpointSlice | undefined);
      case "Node":
        return same(old, now) ? [] : [{ t: "node", name: key }];
      case "BGPConfiguration":
      case "BGPPeer":
        return same(old, now) ? [] : [{ t: "config" }];
    }
  }

  #sliceChanges(key: string, old: EndpointSlice | undefined, now: EndpointSlice | undefined): Change[] {
    const triggeredAtMs = now?.triggeredAtMs ?? null;
    const owners = new Set<ServiceKey>();
    if (old?.service != null) {
      const slices = this.#slicesOf.get(old.service);
      slices?.delete(key);
      if (slices?.size === 0) this.#slicesOf.delete(old.service);
      owners.add(old.service);
    }
    if (now?.service != null) {
      this.#index(key, now);
      owners.add(now.service);
    }
    return [...owners].map((service) => ({ t: "service", key: service, triggeredAtMs }));
  }

  #index(key: string, slice: EndpointSlice): void {
    if (slice.service === null) return;
    const slices = this.#slicesOf.get(slice.service);
    if (slices === undefined) this.#slicesOf.set(slice.service, new Map([[key, slice]]));
    else slices.set(key, slice);
  }

  #store<K extends Kind>(kind: K): Map<string, ModelOf[K]> {
    const stores: { readonly [Each in Kind]: Map<string, ModelOf[Each]> } = {
      Service: this.#services,
      EndpointSlice: this.#slices,
      Node: this.#nodes,
      BGPConfiguration: this.#configurations,
      BGPPeer: this.#peers,
    };
    return stores[kind];
  }
}

/** Nodes and configuration are written often without a change that matters: heartbeats, status, managed fields. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
