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
  /** Node or configuration, or a kind was listed; null: what decisions stand on beside a service is as it was. */
  readonly view: Seen | null;
  /** Every service, because services or slices were listed. */
  readonly allServices: boolean;
  readonly services: ReadonlyMap<ServiceKey, Seen>;
}

/** For a decision from scratch. */
export const everything: Dirty = {
  view: { atMs: 0, triggeredAtMs: null },
  allServices: true,
  services: new Map(),
};

/** Changes collect here while an apply is under way; the next one works on their union. */
export class DirtySet {
  readonly #clock: Clock;
  #view: Seen | null = null;
  #allServices = false;
  #services = new Map<ServiceKey, Seen>();
  /** What has been decided and waits for the node's proxy. */
  readonly #postponed = new Map<ServiceKey, Seen>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get empty(): boolean {
    return this.#view === null && this.#services.size === 0;
  }

  add(change: Change): void {
    const atMs = this.#clock.monotonic();
    if (change.t === "service") {
      if (!this.#services.has(change.key))
        this.#services.set(change.key, { atMs, triggeredAtMs: change.triggeredAtMs });
      return;
    }
    this.#view ??= { atMs, triggeredAtMs: null };
    if (change.t === "all") this.#allServices = true;
  }

  /** What follows from this change waits for the node's proxy. */
  postpone(service: ServiceKey, seen: Seen): void {
    this.#postponed.set(service, seen);
  }

  /** What was postponed is overtaken by something else. */
  overtake(service: ServiceKey): void {
    this.#postponed.delete(service);
  }

  /** It need not wait any longer: its change is as old as it was, or is seen now if nobody knows how old. */
  resume(service: ServiceKey): void {
    const postponed = this.#postponed.get(service);
    const known = postponed ?? this.#services.get(service);
    this.#services.set(service, known ?? { atMs: this.#clock.monotonic(), triggeredAtMs: null });
    this.#postponed.delete(service);
  }

  /** Hands over all that has collected, and begins anew. */
  take(): Dirty {
    const taken: Dirty = { view: this.#view, allServices: this.#allServices, services: this.#services };
    this.#view = null;
    this.#allServices = false;
    this.#services = new Map();
    return taken;
  }
}
