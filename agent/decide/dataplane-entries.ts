// Addresses that wait for the node's proxy, and those that have passed: by service, by address, by where they stand.
import type { Address } from "../model/address.ts";
import type { DataplanePart } from "../model/dataplane.ts";
import type { Family } from "../model/family.ts";
import type { ServiceKey } from "../model/service.ts";
import type { Asking, Passage } from "./dataplane.ts";
import type { Moment } from "./dataplane-evidence.ts";

/** When the service itself and its endpoints last changed. */
export type ChangedAt = Readonly<Record<DataplanePart, Moment>>;

/** An address that waits for the proxy. */
export interface Waiting {
  readonly t: "waiting";
  readonly service: ServiceKey;
  readonly address: Address;
  readonly family: Family;
  readonly asking: Asking;
  /** As of when it began: what comes later is not waited for. */
  readonly changedAt: ChangedAt;
  readonly began: Moment;
}

export interface Passed {
  readonly t: "passed";
  readonly service: ServiceKey;
  readonly address: Address;
  readonly how: Passage;
  readonly atMs: number;
  /** What was waited for in vain, as long as it is. */
  readonly missed: Waiting | null;
}

export type Entry = Waiting | Passed;

const none: readonly Entry[] = [];

export class DataplaneEntries {
  readonly #ofService = new Map<ServiceKey, readonly Entry[]>();
  readonly #onAddress = new Map<Address, readonly Entry[]>();
  readonly #waiting = new Set<Waiting>();
  readonly #missed = new Set<Passed>();

  get waiting(): ReadonlySet<Waiting> {
    return this.#waiting;
  }

  /** Those that passed without the proxy's word. */
  get missed(): ReadonlySet<Passed> {
    return this.#missed;
  }

  of(service: ServiceKey): readonly Entry[] {
    return this.#ofService.get(service) ?? none;
  }

  /** Of all services. */
  on(address: Address): readonly Entry[] {
    return this.#onAddress.get(address) ?? none;
  }

  find(service: ServiceKey, wanted: Address): Entry | undefined {
    return this.of(service).find(({ address }) => address === wanted);
  }

  /** In place of all that the service had. */
  set(service: ServiceKey, entries: readonly Entry[]): void {
    for (const entry of this.of(service)) this.#drop(entry);
    for (const entry of entries) this.#add(entry);
    store(this.#ofService, service, entries);
  }

  replace(old: Entry, entry: Entry): void {
    const { service } = old;
    this.set(
      service,
      this.of(service).map((each) => (each === old ? entry : each)),
    );
  }

  #add(entry: Entry): void {
    store(this.#onAddress, entry.address, [...this.on(entry.address), entry]);
    if (entry.t === "waiting") this.#waiting.add(entry);
    else if (entry.missed !== null) this.#missed.add(entry);
  }

  #drop(entry: Entry): void {
    const others = this.on(entry.address).filter((other) => other !== entry);
    store(this.#onAddress, entry.address, others);
    if (entry.t === "waiting") this.#waiting.delete(entry);
    else this.#missed.delete(entry);
  }
}

function store<K>(map: Map<K, readonly Entry[]>, key: K, entries: readonly Entry[]): void {
  if (entries.length > 0) map.set(key, entries);
  else map.delete(key);
}
