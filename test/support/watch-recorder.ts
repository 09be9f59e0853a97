// A picture under test, with everything that left it and all that its source told on the way.
import { Cluster } from "../../agent/watch/cluster.ts";
import { WatchError } from "../../agent/watch/errors.ts";
import type { Problem } from "../../agent/model/problem.ts";
import type { Kind, ModelOf } from "../../agent/watch/kinds.ts";
import type { RelistReason, Sink, WatchObserver } from "../../agent/watch/sink.ts";
import { until } from "./until.ts";

export class WatchRecorder implements Sink, WatchObserver {
  readonly cluster = new Cluster();
  /** Objects that left the picture, as `Service default/web`. */
  readonly removals: string[] = [];
  /** Lists made, as `Service expired`. */
  readonly relists: string[] = [];
  readonly failures: WatchError[] = [];
  /** Runs before each object is taken; may throw. */
  onSet: () => void = () => undefined;
  readonly #keys = new Map<Kind, Set<string>>();

  async synced(): Promise<void> {
    await until("all kinds are synced", () => this.cluster.unsynced.size === 0);
  }

  get services(): string[] {
    return [...this.cluster.services.keys()].sort();
  }

  addressOf(service: string): string | undefined {
    return this.cluster.services.get(`default/${service}`)?.externalIPs[0];
  }

  /** Lists made for another reason than that the source started. */
  get laterRelists(): string[] {
    return this.relists.filter((line) => !line.endsWith(" start"));
  }

  replace<K extends Kind>(kind: K, objects: ReadonlyMap<string, ModelOf[K]>): void {
    for (const key of this.#keys.get(kind) ?? []) if (!objects.has(key)) this.removals.push(`${kind} ${key}`);
    this.#keys.set(kind, new Set(objects.keys()));
    this.cluster.replace(kind, objects);
  }

  set<K extends Kind>(kind: K, key: string, object: ModelOf[K]): void {
    this.onSet();
    this.#keys.get(kind)?.add(key);
    this.cluster.set(kind, key, object);
  }

  remove(kind: Kind, key: string): void {
    this.#keys.get(kind)?.delete(key);
    this.removals.push(`${kind} ${key}`);
    this.cluster.remove(kind, key);
  }

  report(origin: string, problems: readonly Problem[]): void {
    this.cluster.report(origin, problems);
  }

  event(): void {
    // The picture shows what came of it.
  }

  contact(): void {
    // Contact is shown by what is seen.
  }

  relist(kind: Kind, reason: RelistReason): void {
    this.relists.push(`${kind} ${reason}`);
  }

  failure(_: Kind, error: Error): void {
    if (error instanceof WatchError) this.failures.push(error);
  }
}
