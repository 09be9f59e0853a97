// Which host routes the speaker of the node must, may and must not hold, told from the rules alone: the gate may hold
// back what is new, for so long and no longer, and takes nothing away.
import { addresses, serviceNames } from "./steps.ts";
import type { Address, ServiceName, ServiceState, Step } from "./steps.ts";

/** The rules' figures, in ms. */
const maxWait = 10_000;
const lead = 5_000;
const quiet = 3_000;
/** An agent that was without its speaker looks at what happened after its next try to reach it, or the one after. */
const slack = 2_500;

/** A service that asks for its address, as of when it began to. */
interface Claim {
  readonly sinceMs: number;
  /** When that changed which the proxy has to have; -Infinity: before the agent began to look. */
  readonly changedMs: number;
  /** One that went and came back while the agent may not have looked. */
  readonly older: Lapsed | null;
}

interface Lapsed {
  readonly claim: Claim;
  readonly goneMs: number;
  /** Its route was announced when it went. */
  readonly announced: boolean;
}

export interface Seen {
  readonly nowMs: number;
  /** The speaker is at hand, and has been asked for all that is wanted. */
  readonly holding: boolean;
  readonly withdrawn: boolean;
  readonly held: ReadonlySet<string>;
}

export class GateOracle {
  readonly services = new Map<ServiceName, ServiceState>();
  readonly slices = new Map<ServiceName, boolean>();
  readonly #changed = new Map<ServiceName, number>();
  readonly #proxy: "syncs" | "absent";
  #claims = new Map<string, Claim>();
  readonly #lapsed = new Map<string, Lapsed>();
  /** Announced, and asked for at every look since. */
  #announced: ReadonlySet<string> = new Set();
  #configured = true;
  #syncedMs = -Infinity;
  /** When the agent was first seen to have its speaker: before that nothing waits. */
  #openedMs: number | null = null;
  #excluded = false;
  #annotated = false;
  #asked = false;

  constructor(proxy: "syncs" | "absent", services: Iterable<readonly [ServiceName, ServiceState]>) {
    this.#proxy = proxy;
    for (const [name, service] of services) {
      this.services.set(name, service);
      this.slices.set(name, true);
    }
  }

  get drained(): boolean {
    return this.#annotated || this.#asked;
  }

  take(step: Step, nowMs: number): void {
    switch (step.t) {
      case "service":
        this.#replace(this.services, step.name, step.to, nowMs, forwardedBy);
        return;
      case "optOut": {
        const service = this.services.get(step.name);
        if (service !== undefined) this.services.set(step.name, { ...service, optedOut: step.optedOut });
        return;
      }
      case "slice":
        this.#replace(this.slices, step.name, step.ready, nowMs, String);
        return;
      case "node":
        [this.#excluded, this.#annotated] = [step.excluded, step.drained];
        return;
      case "configuration":
        this.#configured = step.there;
        return;
      case "ask":
        this.#asked = step.drain;
        return;
      case "sync":
        if (this.#proxy === "syncs") this.#syncedMs = nowMs + 1;
        return;
      case "restart":
        this.#changed.clear();
        this.#syncedMs = -Infinity;
        this.#claims.clear();
        this.#lapsed.clear();
        this.#openedMs = null;
        return;
      case "relist":
      case "speaker":
      case "wait":
    }
  }

  /** What is wrong with what the speaker holds after a step; null: nothing. */
  wrong(step: Step, { nowMs, holding, withdrawn, held }: Seen): string | null {
    if (withdrawn && holding && !this.drained) return "withdrawn, and nothing drains the node";
    // An agent without its speaker has not looked yet whether the drain is undone.
    const owners = withdrawn && this.drained ? new Map<Address, readonly ServiceName[]>() : this.#owners();
    this.#follow(owners, nowMs, holding);
    if (holding) this.#openedMs ??= nowMs;
    for (const address of addresses) {
      const prefix = `${address}/32`;
      const claims = (owners.get(address) ?? []).flatMap(
        (name) => this.#claims.get(`${name} ${address}`) ?? [],
      );
      const here = held.has(prefix);
      if (!holding) continue;
      if (here && claims.length === 0) return `${prefix} is held, and nobody asks for it`;
      if (!here && this.#announced.has(prefix) && claims.length > 0) return `${prefix} was taken away`;
      if (!here && claims.some((claim) => nowMs >= this.#waitsSince(claim) + maxWait + slack))
        return `${prefix} is held back for longer than the maximum wait`;
      if (!here && claims.length > 0 && step.t === "sync" && this.#proxy === "syncs")
        return `${prefix} is held back after a sync`;
      const early = this.#proxy === "syncs" && !claims.some((claim) => this.#mayPass(claim, nowMs));
      if (here && !this.#announced.has(prefix) && early) return `${prefix} is announced too early`;
    }
    const asked = new Set(
      [...owners].flatMap(([address, names]) => (names.length > 0 ? [`${address}/32`] : [])),
    );
    const known = holding ? new Set([...held, ...this.#announced]) : this.#announced;
    this.#announced = new Set([...known].filter((prefix) => asked.has(prefix)));
    return null;
  }

  /** Another agent finds only what the speaker holds. */
  restarted(held: ReadonlySet<string>): void {
    this.#announced = new Set([...this.#announced].filter((prefix) => held.has(prefix)));
  }

  #replace<T>(
    store: Map<ServiceName, T>,
    name: ServiceName,
    now: T | null,
    nowMs: number,
    looked: (value: T) => string,
  ): void {
    const old = store.get(name);
    const before = old === undefined ? null : looked(old);
    if (before !== (now === null ? null : looked(now))) this.#changed.set(name, nowMs);
    if (now === null) store.delete(name);
    else store.set(name, now);
  }

  #owners(): Map<Address, readonly ServiceName[]> {
    const asks = (name: ServiceName, address: Address) => {
      const service = this.services.get(name);
      return service?.address === address && !service.optedOut && this.slices.get(name) === true;
    };
    const open = this.#configured && !this.#excluded;
    return new Map(
      addresses.map((address) => [address, open ? serviceNames.filter((name) => asks(name, address)) : []]),
    );
  }

  #follow(owners: ReadonlyMap<Address, readonly ServiceName[]>, nowMs: number, looks: boolean): void {
    const before = this.#claims;
    this.#claims = new Map();
    for (const [address, names] of owners)
      for (const name of names) {
        const key = `${name} ${address}`;
        this.#claims.set(key, before.get(key) ?? this.#begin(name, key, nowMs));
      }
    for (const [key, claim] of before)
      if (!this.#claims.has(key) && !looks) {
        const announced = this.#announced.has(`${key.split(" ")[1] ?? ""}/32`);
        this.#lapsed.set(key, { claim, goneMs: nowMs, announced });
      }
    if (looks) this.#lapsed.clear();
  }

  #begin(name: ServiceName, key: string, nowMs: number): Claim {
    const lapsed = this.#lapsed.get(key);
    const older = lapsed !== undefined && nowMs < lapsed.goneMs + slack ? lapsed : null;
    return { sinceMs: nowMs, changedMs: this.#changed.get(name) ?? -Infinity, older };
  }

  #waitsSince({ sinceMs }: Claim): number {
    return Math.max(sinceMs, this.#openedMs ?? Infinity);
  }

  #mayPass({ sinceMs, changedMs, older }: Claim, nowMs: number): boolean {
    return (
      (older !== null && (older.announced || this.#mayPass(older.claim, nowMs))) ||
      changedMs === -Infinity ||
      this.#syncedMs > changedMs ||
      (this.#syncedMs > changedMs - lead && nowMs >= changedMs + quiet) ||
      nowMs >= sinceMs + maxWait
    );
  }
}

/** The proxy does not look at annotations. */
function forwardedBy({ address, type }: ServiceState): string {
  return `${address} ${type}`;
}
