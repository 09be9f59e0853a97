// Follows how current the picture of each kind is, and passes on what the sources tell.
import type { Log } from "../model/log.ts";
import type { Clock } from "../time/clock.ts";
import { kindNames } from "./kinds.ts";
import type { Kind } from "./kinds.ts";
import type { RelistReason, WatchObserver } from "./sink.ts";

/** The counting part of an observer, as metrics want it. */
export type WatchCounter = Pick<WatchObserver, "event" | "relist">;

export class WatchHealth implements WatchObserver {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #counter: WatchCounter;
  /** Since when contact is lost, in ms since the epoch; a kind in touch is absent. */
  readonly #staleSinceMs = new Map<Kind, number>();
  readonly #lastError = new Map<Kind, string>();

  constructor(clock: Clock, log: Log, counter: WatchCounter) {
    this.#clock = clock;
    this.#log = log;
    this.#counter = counter;
    for (const kind of kindNames) this.#staleSinceMs.set(kind, clock.now());
  }

  /** 0 while the source is in touch with its origin. */
  staleSeconds(kind: Kind): number {
    const sinceMs = this.#staleSinceMs.get(kind);
    return sinceMs === undefined ? 0 : Math.max(0, this.#clock.now() - sinceMs) / 1000;
  }

  /** Why contact is lost; null while it is not. */
  error(kind: Kind): string | null {
    return this.#lastError.get(kind) ?? null;
  }

  event(kind: Kind, type: "added" | "modified" | "deleted" | "bookmark"): void {
    this.#counter.event(kind, type);
  }

  relist(kind: Kind, reason: RelistReason): void {
    this.#counter.relist(kind, reason);
    this.#log.debug({ kind, reason }, `listing all objects of kind ${kind}`);
  }

  contact(kind: Kind): void {
    this.#staleSinceMs.delete(kind);
    if (this.#lastError.delete(kind)) this.#log.info({ kind }, `watching ${kind} again`);
  }

  /** The first of equal failures in a row is a warning, the others are for debugging. */
  failure(kind: Kind, error: Error): void {
    if (!this.#staleSinceMs.has(kind)) this.#staleSinceMs.set(kind, this.#clock.now());
    const level = this.#lastError.get(kind) === error.message ? "debug" : "warn";
    this.#lastError.set(kind, error.message);
    this.#log[level]({ kind }, `${error.message}; what was seen so far stays, trying again`);
  }
}
