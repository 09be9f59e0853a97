// Which host routes wait for the proxy on this node, since when and until when. Pure: times and answers are arguments.
import { familyOf } from "../model/address.ts";
import type { Address } from "../model/address.ts";
import type { DataplanePart } from "../model/dataplane.ts";
import type { ServiceKey } from "../model/service.ts";
import type { Asking, Dataplane, Due, Passage, Standing } from "./dataplane.ts";
import { DataplaneEntries } from "./dataplane-entries.ts";
import type { ChangedAt, Entry, Passed, Waiting } from "./dataplane-entries.ts";
import { hasSynced } from "./dataplane-evidence.ts";
import type { Moment, Told } from "./dataplane-evidence.ts";

export interface DueOrHeld extends Due {
  /** The speaker holds the route already. */
  readonly held: boolean;
}

export interface Followed {
  /** An address is served that was not before: the service is to be decided again. */
  readonly opened: boolean;
  /** The proxy is to be asked, because something waits, or passed because the proxy was mute so far. */
  readonly ask: boolean;
  /** Of other services, which share an address that is served now. */
  readonly released: readonly Released[];
}

/** An address that need not wait any longer. */
export interface Released {
  readonly waiting: Waiting;
  readonly how: Passage;
}

const beforeWeLooked: Moment = { epochMs: -Infinity, monotonicMs: -Infinity };
const never: ChangedAt = { service: beforeWeLooked, endpoints: beforeWeLooked };
export class DataplaneGate implements Dataplane {
  readonly #maxWaitMs: number;
  readonly #entries = new DataplaneEntries();
  readonly #changedAt = new Map<ServiceKey, ChangedAt>();
  #answers: Told | null = null;
  #open = false;
  #silent = false;

  constructor(maxWaitMs: number) {
    this.#maxWaitMs = maxWaitMs;
  }

  serves(service: ServiceKey, address: Address): boolean {
    return !this.#open || this.#entries.find(service, address)?.t === "passed";
  }

  standing(service: ServiceKey, address: Address): Standing {
    const entry = this.#entries.find(service, address);
    if (entry === undefined) return { t: "unknown" };
    if (entry.t === "passed") return { t: "passed", how: entry.how, atMs: entry.atMs };
    const { asking, began } = entry;
    const changed = lastChange(entry);
    return {
      t: "waiting",
      asking,
      changedAtMs: changed === beforeWeLooked ? null : changed.epochMs,
      beganMs: began.epochMs,
      untilMs: began.epochMs + this.#maxWaitMs,
    };
  }

  /** Addresses that wait; none before it is known what the speaker holds. */
  get waiting(): readonly Waiting[] {
    return this.#open ? [...this.#entries.waiting] : [];
  }

  get anyWaiting(): boolean {
    return this.#open && this.#entries.waiting.size > 0;
  }

  /** Of those that wait, the ones of which a health check node port is asked. */
  get toCheck(): readonly Waiting[] {
    return this.waiting.filter(asksPort);
  }

  /** false as well for one that waits by now for something else than it did. */
  waits(waiting: Waiting): boolean {
    return this.#open && this.#entries.waiting.has(waiting);
  }

  /** Addresses announced after the maximum wait, of which the proxy has not told up to now. */
  get overdue(): readonly Waiting[] {
    return [...this.#entries.missed].flatMap(({ missed }) => (missed === null ? [] : [missed]));
  }

  /** Nothing has ever answered where the proxy would: nothing is held back. */
  get silent(): boolean {
    return this.#silent;
  }

  /** When the first wait is over, on the monotonic clock; null: nothing waits. */
  get deadlineMs(): number | null {
    if (!this.anyWaiting) return null;
    let first = Infinity;
    for (const { began } of this.#entries.waiting) first = Math.min(first, began.monotonicMs);
    return first + this.#maxWaitMs;
  }

  /** Something changed that the proxy has to take in. */
  changed(service: ServiceKey, part: DataplanePart, at: Moment): void {
    this.#changedAt.set(service, { ...this.#lastChanges(service), [part]: at });
  }

  /** Takes in which addresses of a service would be announced if the proxy had no say; others are forgotten. */
  follow(service: ServiceKey, due: readonly DueOrHeld[], now: Moment): Followed {
    const before = this.#entries.of(service);
    let [opened, ask] = [false, false];
    const entries = due.map((one): Entry => {
      const old = before.find(({ address }) => address === one.address);
      if (old?.t === "passed") return old;
      const waiting = old === undefined ? this.#begin(service, one, now) : asking(old, one.asking);
      const how = one.held || this.#isAnnounced(one.address) ? "held" : this.#passage(waiting, false);
      ask ||= how === null || how === "silent" || how === "untold";
      if (how === null) return waiting;
      opened = true;
      return passed(waiting, how, now);
    });
    this.#entries.set(service, entries);
    const released = entries
      .filter((entry) => entry.t === "passed" && !before.includes(entry))
      .flatMap(({ address }) => this.#releaseSharing(address, now));
    return { opened: opened && this.#open, ask, released };
  }

  /** The service is gone. */
  forget(service: ServiceKey): void {
    this.#entries.set(service, []);
    this.#changedAt.delete(service);
  }

  /**
   * It is known what the speaker holds: this passes, and from now on the proxy has its say in the rest.
   *
   * @returns the services that are to be decided again.
   */
  open(holds: (address: Address) => boolean, now: Moment): ReadonlySet<ServiceKey> {
    const again = new Set<ServiceKey>();
    for (const waiting of [...this.#entries.waiting]) {
      const { service, address } = waiting;
      again.add(service);
      if (holds(address)) this.#entries.replace(waiting, passed(waiting, "held", now));
      // Nothing waited as long as nothing could be announced.
      else if (!this.#open)
        this.#entries.replace(waiting, { ...waiting, changedAt: this.#lastChanges(service), began: now });
    }
    this.#open = true;
    return again;
  }

  /** The proxy has answered. */
  answered(answers: Told, now: Moment): readonly Released[] {
    this.#answers = answers;
    this.#silent = false;
    for (const late of [...this.#entries.missed]) {
      const { missed } = late;
      if (missed !== null && hasSynced(answers, missed.family, lastChange(missed)))
        this.#entries.replace(late, passed(missed, "confirmed", now));
    }
    return this.#release(this.waiting, (waiting) => this.#passage(waiting, false), now);
  }

  /** The service's health check node port says that endpoints on this node are served. */
  checked(checked: Waiting, now: Moment): readonly Released[] {
    return this.#release([checked], (waiting) => this.#passage(waiting, true), now);
  }

  /** Lets go what has waited for the maximum; all of it when nothing has ever answered. */
  expire(now: Moment): readonly Released[] {
    const { deadlineMs } = this;
    if (deadlineMs === null || now.monotonicMs < deadlineMs) return [];
    this.#silent = this.#answers === null;
    const overdue = ({ began }: Waiting) => now.monotonicMs >= began.monotonicMs + this.#maxWaitMs;
    const passage = (waiting: Waiting) => (this.#silent ? "silent" : overdue(waiting) ? "overdue" : null);
    return this.#release(this.waiting, passage, now);
  }

  /** Why an address need not wait; null: it has to. */
  #passage(waiting: Waiting, checked: boolean): Passage | null {
    if (this.#silent) return "silent";
    const { changedAt, family } = waiting;
    const answers = this.#answers;
    const untold = answers?.[family].t === "untold";
    if (asksPort(waiting)) {
      // The port tells of endpoints. It may have answered so before the service got this address.
      const known = answers === null || untold || hasSynced(answers, family, changedAt.service);
      return checked && known ? "confirmed" : null;
    }
    if (untold) return "untold";
    return answers !== null && hasSynced(answers, family, lastChange(waiting)) ? "confirmed" : null;
  }

  #begin(service: ServiceKey, due: Due, now: Moment): Waiting {
    const { address } = due;
    const changedAt = this.#lastChanges(service);
    return {
      t: "waiting",
      service,
      address,
      family: familyOf(address),
      asking: due.asking,
      changedAt,
      began: now,
    };
  }

  #lastChanges(service: ServiceKey): ChangedAt {
    return this.#changedAt.get(service) ?? never;
  }

  #release(
    candidates: Iterable<Waiting>,
    passage: (waiting: Waiting) => Passage | null,
    now: Moment,
  ): readonly Released[] {
    const released: Released[] = [];
    for (const waiting of candidates) {
      if (!this.waits(waiting)) continue;
      const how = passage(waiting);
      if (how === null) continue;
      this.#entries.replace(waiting, passed(waiting, how, now));
      released.push({ waiting, how }, ...this.#releaseSharing(waiting.address, now));
    }
    return released;
  }

  #isAnnounced(address: Address): boolean {
    return this.#entries.on(address).some(({ t }) => t === "passed");
  }

  /** The address is announced for one service: should that one go, the others must not take the route back. */
  #releaseSharing(address: Address, now: Moment): readonly Released[] {
    if (!this.#open) return [];
    return this.#entries.on(address).flatMap((waiting): readonly Released[] => {
      if (waiting.t === "passed") return [];
      this.#entries.replace(waiting, passed(waiting, "held", now));
      return [{ waiting, how: "held" }];
    });
  }
}

function lastChange({ changedAt: { service, endpoints } }: Waiting): Moment {
  return service.monotonicMs > endpoints.monotonicMs ? service : endpoints;
}

/** What was there before we looked needs no more than any sync. */
function asksPort(waiting: Waiting): boolean {
  return waiting.asking.t === "healthCheck" && lastChange(waiting) !== beforeWeLooked;
}

/** What is asked may change while it waits: another type of service, another port. */
function asking(waiting: Waiting, now: Asking): Waiting {
  const before = waiting.asking;
  const same = before.t === "sync" ? now.t === "sync" : now.t === "healthCheck" && now.port === before.port;
  return same ? waiting : { ...waiting, asking: now };
}

function passed(waiting: Waiting, how: Passage, { epochMs }: Moment): Passed {
  const missed = how === "overdue" ? waiting : null;
  const { service, address } = waiting;
  return { t: "passed", service, address, how, atMs: epochMs, missed };
}
