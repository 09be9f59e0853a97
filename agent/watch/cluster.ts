// The picture: everything Bellman has seen of the cluster, indexed by service, with word of what changed.
import type { ConfigObject } from "../model/config-object.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import type { Node } from "../model/node.ts";
import type { SecretObject } from "../model/secret-object.ts";
import type { Problem } from "../model/problem.ts";
import type { Service, ServiceKey } from "../model/service.ts";
import { compareLists, proxied } from "./dataplane/proxied.ts";
import type { ProxiedCompare, ProxiedListener } from "./dataplane/proxied.ts";
import { kindNames } from "./kinds.ts";
import type { Kind, ModelOf } from "./kinds.ts";
import { sameObject } from "./same.ts";
import type { Sink } from "./sink.ts";
import { SliceIndex } from "./slice-index.ts";

/** What has to be decided again. `all` follows a list of services or slices; an unsynced picture tells nothing. */
export type Change =
  | { readonly t: "service"; readonly key: ServiceKey; readonly triggeredAtMs: number | null }
  | { readonly t: "node"; readonly name: string }
  | { readonly t: "config" }
  | { readonly t: "all" };

type Stores = { readonly [K in Kind]: Map<string, ModelOf[K]> };

export class Cluster implements Sink {
  readonly #stores: Stores = {
    Service: new Map<string, Service>(),
    EndpointSlice: new Map<string, EndpointSlice>(),
    Node: new Map<string, Node>(),
    BGPConfiguration: new Map<string, ConfigObject>(),
    BGPPeer: new Map<string, ConfigObject>(),
    BGPFilter: new Map<string, ConfigObject>(),
    Secret: new Map<string, SecretObject>(),
  };
  readonly #slicesOf = new SliceIndex();
  /** Nodes that were seen and are gone, as they were last. Where only the own node is watched there is one at most. */
  readonly #goneNodes = new Map<string, Node>();
  readonly #reports = new Map<string, readonly Problem[]>();
  /** Of each Secret by itself is told whether it is known. */
  readonly #unsynced = new Set<Kind>(kindNames.filter((kind) => kind !== "Secret"));
  readonly #onChange: (change: Change) => void;
  readonly #onProxied: ProxiedListener | null;

  /**
   * @param onChange called synchronously after each change of a picture that is synced.
   * @param onProxied called before that when it is one that a node's proxy has to take in.
   */
  constructor(
    onChange: (change: Change) => void = () => undefined,
    onProxied: ProxiedListener | null = null,
  ) {
    this.#onChange = onChange;
    this.#onProxied = onProxied;
  }

  /** Kinds that have not been listed yet; nothing may be announced or withdrawn until there are none. */
  get unsynced(): ReadonlySet<Kind> {
    return this.#unsynced;
  }

  get services(): ReadonlyMap<string, Service> {
    return this.#stores.Service;
  }

  service(key: ServiceKey): Service | undefined {
    return this.#stores.Service.get(key);
  }

  slicesOf(key: ServiceKey): Iterable<EndpointSlice> {
    return this.#slicesOf.of(key);
  }

  /** A node that is gone is told of as one being deleted, until it comes back; one never seen is undefined. */
  node(name: string): Node | undefined {
    return this.#stores.Node.get(name) ?? this.#goneNodes.get(name);
  }

  get nodes(): ReadonlyMap<string, Node> {
    return this.#stores.Node;
  }

  get configurations(): ReadonlyMap<string, ConfigObject> {
    return this.#stores.BGPConfiguration;
  }

  get peers(): ReadonlyMap<string, ConfigObject> {
    return this.#stores.BGPPeer;
  }

  get filters(): ReadonlyMap<string, ConfigObject> {
    return this.#stores.BGPFilter;
  }

  /** By `namespace/name`; what is not in it has not been looked at, or is in no manifest. */
  get secrets(): ReadonlyMap<string, SecretObject> {
    return this.#stores.Secret;
  }

  count(kind: Kind): number {
    return this.#stores[kind].size;
  }

  /** What is wrong with the objects and at the source, configuration aside: the config room tells that. */
  *problems(): Iterable<Problem> {
    for (const reported of this.#reports.values()) yield* reported;
    const { Service, EndpointSlice, Node } = this.#stores;
    for (const store of [Service, EndpointSlice, Node])
      for (const object of store.values()) yield* object.problems;
  }

  replace<K extends Kind>(kind: K, objects: ReadonlyMap<string, ModelOf[K]>): void {
    const store: Map<string, ModelOf[K]> = this.#stores[kind];
    const wasSynced = this.#unsynced.size === 0;
    const changes = wasSynced ? listChanges(kind, store, objects) : [all];
    if (kind === "Node") for (const name of store.keys()) if (!objects.has(name)) this.#rememberNode(name);
    const [compare, tell]: [ProxiedCompare<ModelOf[K]>, ProxiedListener | null] = [
      proxied[kind],
      this.#onProxied,
    ];
    if (wasSynced && tell !== null) compareLists(store, objects, (old, now) => compare(old, now, tell));
    store.clear();
    for (const [key, object] of objects) store.set(key, object);
    if (kind === "EndpointSlice") this.#slicesOf.replace(this.#stores.EndpointSlice.values());
    this.#unsynced.delete(kind);
    for (const change of changes) this.#tell(change);
  }

  set<K extends Kind>(kind: K, key: string, object: ModelOf[K]): void {
    this.#change(kind, key, () => this.#stores[kind].set(key, object));
  }

  remove(kind: Kind, key: string): void {
    if (!this.#stores[kind].has(key)) return;
    if (kind === "Node") this.#rememberNode(key);
    this.#change(kind, key, () => this.#stores[kind].delete(key));
  }

  report(origin: string, problems: readonly Problem[]): void {
    if (problems.length > 0) this.#reports.set(origin, problems);
    else if (!this.#reports.delete(origin)) return;
    this.#tell({ t: "config" });
  }

  /** To be called before it leaves the store. */
  #rememberNode(name: string): void {
    const node = this.#stores.Node.get(name);
    if (node !== undefined) this.#goneNodes.set(name, { ...node, deleting: true });
  }

  /** Changes one object by `write`, and tells what has to be decided again. */
  #change(kind: Kind, key: string, write: () => void): void {
    switch (kind) {
      case "Service": {
        this.#changeService(key, write);
        return;
      }
      case "EndpointSlice": {
        this.#changeSlice(key, write);
        return;
      }
      case "Node": {
        this.#changeIfDifferent(this.#stores.Node, key, write, { t: "node", name: key });
        return;
      }
      case "BGPConfiguration":
      case "BGPPeer":
      case "BGPFilter":
      case "Secret": {
        this.#changeIfDifferent(this.#stores[kind], key, write, { t: "config" });
        return;
      }
    }
  }

  #changeService(key: string, write: () => void): void {
    const old = this.#stores.Service.get(key);
    write();
    const service = this.#stores.Service.get(key) ?? old;
    if (this.#onProxied !== null && this.#unsynced.size === 0)
      proxied.Service(old, this.#stores.Service.get(key), this.#onProxied);
    if (service !== undefined) this.#tell({ t: "service", key: service.key, triggeredAtMs: null });
  }

  #changeSlice(key: string, write: () => void): void {
    const old = this.#stores.EndpointSlice.get(key);
    write();
    const now = this.#stores.EndpointSlice.get(key);
    if (this.#onProxied !== null && this.#unsynced.size === 0)
      proxied.EndpointSlice(old, now, this.#onProxied);
    const triggeredAtMs = now?.triggeredAtMs ?? null;
    for (const service of this.#slicesOf.change(old, now))
      this.#tell({ t: "service", key: service, triggeredAtMs });
  }

  /** Nodes and configuration are written often without a change that matters: heartbeats, status, managed fields. */
  #changeIfDifferent(
    store: ReadonlyMap<string, ModelOf[Kind]>,
    key: string,
    write: () => void,
    change: Change,
  ): void {
    const old = store.get(key);
    write();
    if (!sameObject(old, store.get(key))) this.#tell(change);
  }

  #tell(change: Change): void {
    if (this.#unsynced.size === 0) this.#onChange(change);
  }
}

const all: Change = { t: "all" };

/** What a new list changes: of services and slices it is not asked which ones, of the other kinds each is compared. */
function listChanges(
  kind: Kind,
  before: ReadonlyMap<string, ModelOf[Kind]>,
  after: ReadonlyMap<string, ModelOf[Kind]>,
): readonly Change[] {
  if (kind === "Service" || kind === "EndpointSlice") return [all];
  const keys = new Set([...before.keys(), ...after.keys()]);
  const changed = [...keys].filter((key) => !sameObject(before.get(key), after.get(key)));
  if (kind === "Node") return changed.map((name): Change => ({ t: "node", name }));
  return changed.length === 0 ? [] : [{ t: "config" }];
}
