// One node's agent without clock, API and speaker: its picture, and what should be held, kept up to date as in the loop.
import { comparePrefixes } from "../../agent/model/prefix.ts";
import type { Prefix } from "../../agent/model/prefix.ts";
import type { Plan } from "../../agent/plan/plan.ts";
import type { PlannedRoute } from "../../agent/plan/planned-route.ts";
import { Desired } from "../../agent/reconcile/desired.ts";
import type { DesiredOptions } from "../../agent/reconcile/desired.ts";
import { DirtySet } from "../../agent/reconcile/dirty-set.ts";
import { ManualClock } from "../../agent/time/manual-clock.ts";
import { Cluster } from "../../agent/watch/cluster.ts";
import { decode, modelKey } from "../../agent/watch/decode/decode.ts";
import { kindNames } from "../../agent/watch/kinds.ts";
import type { Kind, ModelOf } from "../../agent/watch/kinds.ts";
import { noObjects } from "../../agent/watch/manifests/objects.ts";

export type Event =
  | { readonly t: "set"; readonly kind: Kind; readonly wire: unknown }
  | { readonly t: "remove"; readonly kind: Kind; readonly key: string }
  /** The kind is listed again: what the list does not hold is gone. */
  | { readonly t: "relist"; readonly kind: Kind; readonly wires: readonly unknown[] };

const clock = new ManualClock(0);

export class NodeSim {
  readonly #options: DesiredOptions;
  readonly #dirty = new DirtySet(clock);
  readonly #cluster = new Cluster((change) => this.#dirty.add(change));
  readonly #desired: Desired;
  readonly #followed = new Map<Prefix, PlannedRoute>();
  readonly #objects = noObjects();
  /** What may leave a trace after it is gone: the last good value of a configuration, a node that was there. */
  readonly #past: (Event | "refresh")[] = [];

  constructor(options: DesiredOptions) {
    this.#options = options;
    this.#desired = new Desired(this.#cluster, options);
  }

  take(event: Event): void {
    apply(this.#cluster, event);
    remember(this.#objects, event);
    if (leavesTraces(event.kind)) this.#past.push(event);
  }

  /** Decides what has become dirty, and nothing else. */
  refresh(): void {
    if (this.#dirty.empty) return;
    const dirty = this.#dirty.take();
    for (const prefix of this.#desired.refresh(dirty).touched) {
      const route = this.#desired.route(prefix);
      if (route === undefined) this.#followed.delete(prefix);
      else this.#followed.set(prefix, route);
    }
    if (dirty.view !== null && this.#past.at(-1) !== "refresh") this.#past.push("refresh");
  }

  /** What a speaker holds that was told of touched prefixes only, sorted. */
  followed(): readonly PlannedRoute[] {
    return [...this.#followed.values()].sort((a, b) => comparePrefixes(a.prefix, b.prefix));
  }

  plan(): Plan {
    return this.#desired.plan();
  }

  /** The plan of an agent that has lived through the same configuration, and now sees all services for the first time. */
  planFromScratch(): Plan {
    const cluster = new Cluster();
    const desired = new Desired(cluster, this.#options);
    for (const kind of kindNames) cluster.replace(kind, new Map());
    for (const event of this.#past)
      if (event === "refresh") refreshAll(desired);
      else apply(cluster, event);
    cluster.replace("EndpointSlice", this.#objects.EndpointSlice);
    cluster.replace("Service", this.#objects.Service);
    refreshAll(desired);
    return desired.plan();
  }
}

function leavesTraces(kind: Kind): boolean {
  return kind !== "Service" && kind !== "EndpointSlice";
}

function refreshAll(desired: Desired): void {
  const dirty = new DirtySet(clock);
  dirty.add({ t: "all" });
  desired.refresh(dirty.take());
}

function apply(cluster: Cluster, event: Event): void {
  switch (event.t) {
    case "set":
      set(cluster, event.kind, event.wire);
      return;
    case "remove":
      cluster.remove(event.kind, event.key);
      return;
    case "relist":
      relist(cluster, event.kind, event.wires);
  }
}

function set(cluster: Cluster, kind: Kind, wire: unknown): void {
  const object = decode(kind, wire);
  cluster.set(kind, modelKey(object), object);
}

function relist(cluster: Cluster, kind: Kind, wires: readonly unknown[]): void {
  cluster.replace(kind, decodeAll(kind, wires));
}

function decodeAll(kind: Kind, wires: readonly unknown[]): ReadonlyMap<string, ModelOf[Kind]> {
  const objects = wires.map((wire) => decode(kind, wire));
  return new Map(objects.map((object) => [modelKey(object), object]));
}

function remember(objects: ReturnType<typeof noObjects>, event: Event): void {
  switch (event.t) {
    case "set":
      put(objects, event.kind, event.wire);
      return;
    case "remove":
      objects[event.kind].delete(event.key);
      return;
    case "relist":
      objects[event.kind].clear();
      for (const wire of event.wires) put(objects, event.kind, wire);
  }
}

function put(objects: ReturnType<typeof noObjects>, kind: Kind, wire: unknown): void {
  const store: Map<string, ModelOf[Kind]> = objects[kind];
  const object = decode(kind, wire);
  store.set(modelKey(object), object);
}
