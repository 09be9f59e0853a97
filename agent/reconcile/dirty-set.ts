// What has to be decided again, and since when it waits.
import type { ServiceKey } from "../model/service.ts";
import type { Clock } from "../time/clock.ts";
import type { Change } from "../watch/cluster.ts";

export interface Dirty {
  /** Everything: node or configuration changed, or a whole kind was listed. */
  readonly all: boolean;
  readonly services: ReadonlySet<ServiceKey>;
  /** When each change was seen, on the monotonic clock: the start of the latency that users feel. */
  readonly seenAtMs: readonly number[];
  /** When the endpoints concerned changed, in ms since the epoch, as their slices say. */
  readonly triggeredAtMs: readonly number[];
}

/** Changes collect here while an apply is under way; the next one works on their union. */
export class DirtySet {
  readonly #clock: Clock;
  #all = false;
  #services = new Set<ServiceKey>();
  #seenAtMs: number[] = [];
  #triggeredAtMs: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get empty(): boolean {
    return !this.#all && this.#services.size === 0;
  }

  add(change: Change): void {
    this.#seenAtMs.push(this.#clock.monotonic());
    if (change.t !== "service") {
      this.#all = true;
      return;
    }
    this.#services.add(change.key);
    if (change.triggeredAtMs !== null) this.#triggeredAtMs.push(change.triggeredAtMs);
  }

  /** Hands over all that has collected, and begins anew. */
  take(): Dirty {
    const taken: Dirty = {
      all: this.#all,
      services: this.#services,
      seenAtMs: this.#seenAtMs,
      triggeredAtMs: this.#triggeredAtMs,
    };
    this.#all = false;
    this.#services = new Set();
    this.#seenAtMs = [];
    this.#triggeredAtMs = [];
    return taken;
  }
}
