// Follows how current the picture of each kind is, and passes on what the sources tell.
import type { Log } from "../model/log.ts";
import type { Clock } from "../time/clock.ts";
import { kindNames } from "./kinds.ts";
import type { Kind } from "./kinds.ts";
import type { RelistReason, WatchObserver } from "./sink.ts";

/** The counting part of an observer, as metrics want it. */
export type WatchCounter = Pick<WatchObserver, "event" | "relist">;

/** A contact shorter than this does not end an outage: a server that breaks after each answer is still away. */
const soundContactMs = 10_000;

/** - `fresh`: contact was made, but may not last. - `sound`: it has lasted, or something came over it. */
type Touch =
  | { readonly t: "lost"; readonly sinceMs: number }
  | { readonly t: "fresh"; readonly sinceMs: number; readonly lostSinceMs: number }
  | { readonly t: "sound" };

export class WatchHealth implements WatchObserver {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #counter: WatchCounter;
  readonly #touch = new Map<Kind, Touch>();
  /** Why contact was lost, as long as it is not sound again. */
  readonly #lastError = new Map<Kind, string>();

  constructor(clock: Clock, log: Log, counter: WatchCounter) {
    this.#clock = clock;
    this.#log = log;
    this.#counter = counter;
    for (const kind of kindNames) this.#touch.set(kind, { t: "lost", sinceMs: clock.now() });
  }

  /** 0 while the source is in touch with its origin. */
  staleSeconds(kind: Kind): number {
    const touch = this.#touch.get(kind);
    return touch?.t === "lost" ? Math.max(0, this.#clock.now() - touch.sinceMs) / 1000 : 0;
  }

  /** Why contact is lost; null while it is not. */
  error(kind: Kind): string | null {
    return this.#touch.get(kind)?.t === "lost" ? (this.#lastError.get(kind) ?? null) : null;
  }

  event(kind: Kind, type: "added" | "modified" | "deleted" | "bookmark"): void {
    this.#counter.event(kind, type);
    this.#sound(kind);
  }

  relist(kind: Kind, reason: RelistReason): void {
    this.#counter.relist(kind, reason);
    this.#log.debug({ kind, reason }, `listing all objects of kind ${kind}`);
  }

  contact(kind: Kind): void {
    const touch = this.#touch.get(kind);
    const now = this.#clock.now();
    if (touch?.t === "lost") this.#touch.set(kind, { t: "fresh", sinceMs: now, lostSinceMs: touch.sinceMs });
    else if (touch?.t === "fresh" && now - touch.sinceMs >= soundContactMs) this.#sound(kind);
  }

  /** The first of equal failures of an outage is a warning, the others are for debugging. */
  failure(kind: Kind, error: Error): void {
    const level = this.#lastError.get(kind) === error.message ? "debug" : "warn";
    this.#touch.set(kind, { t: "lost", sinceMs: this.#lostSince(kind) });
    this.#lastError.set(kind, error.message);
    this.#log[level]({ kind }, `${error.message}; what was seen so far stays, trying again`);
  }

  /** An outage goes on through contacts that did not last. */
  #lostSince(kind: Kind): number {
    const touch = this.#touch.get(kind);
    const now = this.#clock.now();
    switch (touch?.t) {
      case "lost":
        return touch.sinceMs;
      case "fresh":
        return now - touch.sinceMs < soundContactMs ? touch.lostSinceMs : now;
      case "sound":
      case undefined:
        return now;
    }
  }

  #sound(kind: Kind): void {
    if (this.#touch.get(kind)?.t === "sound") return;
    this.#touch.set(kind, { t: "sound" });
    if (this.#lastError.delete(kind)) this.#log.info({ kind }, `watching ${kind} again`);
  }
}
