// What has to be decided again, and since when it waits.
import type { ServiceKey } from "../model/service.ts";
import type { Clock } from "../time/clock.ts";
import type { Change } from "../watch/cluster.ts";

/** When something was first seen to have changed since the last decision. */
export interface Seen {
  /** On the monotonic clock: the start of the latency that users feel. */
  readonly atMs: number;
  /** When the endpoints changed, in ms since the epoch, as their slice says; null: it does not. */
  readonly triggeredAtMs: number | null;
}

export interface Dirty {
  /** Everything, because node or configuration changed, or a whole kind was listed; null: only the services below. */
  readonly all: Seen | null;
  readonly services: ReadonlyMap<ServiceKey, Seen>;
}

/** For a decision from scratch. */
export const everything: Dirty = { all: { atMs: 0, triggeredAtMs: null }, services: new Map() };

/** Changes collect here while an apply is under way; the next one works on their union. */
export class DirtySet {
  readonly #clock: Clock;
  #all: Seen | null = null;
  #services = new Map<ServiceKey, Seen>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get empty(): boolean {
    return this.#all === null && this.#services.size === 0;
  }

  add(change: Change): void {
    const atMs = this.#clock.monotonic();
    if (change.t !== "service") this.#all ??= { atMs, triggeredAtMs: null };
    else if (!this.#services.has(change.key))
      this.#services.set(change.key, { atMs, triggeredAtMs: change.triggeredAtMs });
  }

  /** Hands over all that has collected, and begins anew. */
  take(): Dirty {
    const taken: Dirty = { all: this.#all, services: this.#services };
    this.#all = null;
    this.#services = new Map();
    return taken;
  }
}
