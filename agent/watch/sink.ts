// Where a source (the API's reflectors, or a directory of manifests) puts what it sees.
import type { Problem } from "../model/problem.ts";
import type { Kind, ModelOf } from "./kinds.ts";

/** Keys are `namespace/name`, or `name` for kinds without a namespace. */
export interface Sink {
  /** All objects of a kind, as one list: the kind is synced from now on. */
  replace<K extends Kind>(kind: K, objects: ReadonlyMap<string, ModelOf[K]>): void;
  /** One object was added or changed. */
  set<K extends Kind>(kind: K, key: string, object: ModelOf[K]): void;
  /** One object is gone. */
  remove(kind: Kind, key: string): void;
  /** What is wrong at `origin` (a file, say) beside the objects themselves; replaces what was said of it before. */
  report(origin: string, problems: readonly Problem[]): void;
}

/** Why a kind is listed again. */
export type RelistReason = "start" | "expired" | "decode" | "absent" | "error";

/** What a source tells of its own work, for metrics and logs. */
export interface WatchObserver {
  event(kind: Kind, type: "added" | "modified" | "deleted" | "bookmark"): void;
  relist(kind: Kind, reason: RelistReason): void;
  /** The source is in touch with its origin: the picture of this kind is current. */
  contact(kind: Kind): void;
  /** Contact was lost, or could not be made; the source goes on trying by itself. */
  failure(kind: Kind, error: Error): void;
}

/** A source runs until the signal aborts; it rejects only on a fault that no retry can mend. */
export interface Source {
  run(sink: Sink, observer: WatchObserver, signal: AbortSignal): Promise<void>;
}
