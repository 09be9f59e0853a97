// Makes one open speaker hold what is desired: adopt, then follow change by change, check for drift, retry refusals.
import type { Engine, EngineLink, Rejection, SpeakerChange } from "../engine/contract.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Problem } from "../model/problem.ts";
import { Backoff } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import { Alarm } from "./alarm.ts";
import {
  compareAll,
  compareImports,
  comparePeers,
  compareRoutes,
  isEmpty,
  noPeers,
  sizeOf,
} from "./compare.ts";
import type { RouteChange } from "./compare.ts";
import type { Desired, Refreshed } from "./desired.ts";
import { everything } from "./dirty-set.ts";
import type { Dirty, DirtySet } from "./dirty-set.ts";
import type { Drainer } from "./drainer.ts";
import { heldOfDrain } from "./held-of-drain.ts";
import type { Gatekeeper } from "./gatekeeper.ts";
import { Mirror } from "./mirror.ts";
import type { Narrator } from "./narrator.ts";
import type { ReconcileObserver } from "./observer.ts";
import { Refusals } from "./refusals.ts";
import { renewals } from "./renewals.ts";
import type { Wakeup } from "./wakeup.ts";
import { makeWish } from "./wish.ts";
import type { Wish } from "./wish.ts";

/** How often the number of routes is compared (cheap), and how often every route is. */
export const driftCheck = { countMs: 10_000, fullMs: 300_000 } as const;

const retryDelays = { initialMs: 500, maxMs: 60_000 } as const;

export interface HolderOptions {
  readonly engine: Engine;
  readonly desired: Desired;
  readonly dirty: DirtySet;
  readonly drainer: Drainer;
  readonly wakeup: Wakeup;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: ReconcileObserver;
  readonly narrator: Narrator;
  readonly gatekeeper?: Gatekeeper | null;
  /** false: another BGP instance is wanted by now, so nothing more is to be applied to this one. */
  readonly runs: () => boolean;
  /** What the silence of neighbours may mean. */
  readonly doubts: () => readonly Problem[];
}

export class Holder {
  readonly #options: HolderOptions;
  readonly #link: EngineLink;
  readonly #countAlarm: Alarm;
  readonly #fullAlarm: Alarm;
  readonly #retryAlarm: Alarm;
  readonly #retryBackoff: Backoff;
  /** Tried again when the alarm rings or when they change. */
  readonly #refusals = new Refusals();
  #mirror = new Mirror({ routes: new Map(), peers: new Map() });
  #wish: Wish = { peers: [], imports: new Map(), problems: [] };

  constructor(link: EngineLink, options: HolderOptions) {
    this.#link = link;
    this.#options = options;
    const ring = () => options.wakeup.ring();
    this.#countAlarm = new Alarm(options.clock, ring);
    this.#fullAlarm = new Alarm(options.clock, ring);
    this.#retryAlarm = new Alarm(options.clock, ring);
    this.#retryBackoff = new Backoff({ ...retryDelays, random: options.random });
  }

  /** What the speaker is believed to hold now. */
  get held(): Mirror {
    return this.#mirror;
  }

  get wish(): Wish {
    return this.#wish;
  }

  /** What the speaker refused of the wish, and is asked for again. */
  get refusals(): Pick<Refusals, "ofPeer"> {
    return this.#refusals;
  }

  /**
   * Reads back what the speaker holds from before and changes only what differs.
   *
   * @returns false when another instance is wanted by now, and nothing was done.
   * @throws {EngineError} when the speaker was lost.
   */
  async adopt(): Promise<boolean> {
    this.#mirror = new Mirror(await this.#link.held());
    const { desired, dirty, drainer, gatekeeper, narrator, runs } = this.#options;
    // What is held is not held back.
    for (const service of gatekeeper?.open((prefix) => this.#mirror.routes.has(prefix)) ?? [])
      dirty.resume(service);
    desired.adopt(present(this.#mirror.peers));
    narrator.verdicts(desired.refresh({ ...dirty.take(), view: everything.view }).verdicts);
    if (drainer.opened(this.#heldOfDrain)) narrator.verdicts(desired.refresh(everything).verdicts);
    this.#wish = makeWish(desired, this.#options.engine);
    this.#tellProblems();
    if (!runs()) return false;
    await this.#apply("adopt", this.#compareAll());
    drainer.applied(this.#heldOfDrain);
    this.#countAlarm.set(driftCheck.countMs);
    this.#fullAlarm.set(driftCheck.fullMs);
    return true;
  }

  /** Does all that is due now. @throws {EngineError} when the speaker was lost. */
  async step(): Promise<void> {
    const { dirty } = this.#options;
    if (!dirty.empty) await this.#follow(dirty.take());
    if (this.#retryAlarm.take()) await this.#retry();
    if (this.#countAlarm.take()) await this.#checkCount();
    if (this.#fullAlarm.take()) await this.#checkAll();
  }

  /** Stops all alarms. */
  release(): void {
    for (const alarm of [this.#countAlarm, this.#fullAlarm, this.#retryAlarm]) alarm.clear();
  }

  async #follow(dirty: Dirty): Promise<void> {
    const { desired, drainer, narrator, runs } = this.#options;
    const refreshed = desired.refresh(dirty);
    this.#postpone(dirty, refreshed);
    const routes = this.#compareRoutes(refreshed.touched);
    const change = { ...routes, ...(dirty.view === null ? noPeers : this.#renewPeers()) };
    const mine = runs();
    const applying = mine ? this.#apply("change", change) : Promise.resolve(false);
    // The change is on its way: the speaker does not wait for the log.
    narrator.verdicts(refreshed.verdicts);
    if (dirty.view !== null) this.#tellProblems();
    if (await applying) this.#latency(dirty, refreshed);
    if (mine) drainer.applied(this.#heldOfDrain);
  }

  async #retry(): Promise<void> {
    const { desired } = this.#options;
    // What is neither wanted nor held any more has nothing left to be refused.
    for (const prefix of this.#refusals.prefixes)
      if (desired.route(prefix) === undefined && !this.#mirror.routes.has(prefix))
        this.#refusals.drop(prefix);
    const routes = this.#compareRoutes(this.#refusals.prefixes);
    await this.#apply("change", { ...routes, ...this.#comparePeers() });
  }

  async #checkCount(): Promise<void> {
    if ((await this.#link.count()) !== this.#mirror.routes.size) await this.#checkAll();
    // A speaker may be capable of more by now, as when a daemon beside it has come up.
    const before = this.#wish.peers.length;
    const peers = this.#renewPeers();
    if (this.#wish.peers.length !== before)
      await this.#apply("change", { announce: [], withdraw: [], ...peers });
    this.#tellProblems();
    this.#countAlarm.set(driftCheck.countMs);
  }

  async #checkAll(): Promise<void> {
    const believed = this.#mirror;
    const held = new Mirror(await this.#link.held(), believed.imports);
    // What differs although nothing was asked for since: somebody else's doing.
    const drift = compareAll({ routes: present(believed.routes), peers: present(believed.peers) }, held);
    this.#mirror = held;
    if (!isEmpty(drift)) {
      this.#options.narrator.drift(sizeOf(drift));
      this.#options.observer.driftRepaired(sizeOf(drift));
      await this.#apply("repair", this.#compareAll());
    }
    this.#fullAlarm.set(driftCheck.fullMs);
  }

  #renewPeers(): Omit<SpeakerChange, keyof RouteChange> {
    this.#wish = makeWish(this.#options.desired, this.#options.engine);
    return this.#comparePeers();
  }

  #comparePeers(): Omit<SpeakerChange, keyof RouteChange> {
    const { peers, imports } = this.#wish;
    return { ...comparePeers(peers, this.#mirror.peers), ...compareImports(imports, this.#mirror.imports) };
  }

  /** Looks at every object, so it goes with the rare steps only. */
  #tellProblems(): void {
    const { desired, doubts, narrator } = this.#options;
    narrator.problems(desired.problems([...this.#wish.problems, ...doubts()]));
  }

  readonly #heldOfDrain = () => heldOfDrain(this.#options.desired.routes(), this.#mirror.routes);

  #compareAll(): SpeakerChange {
    const routes = this.#options.desired.routes();
    const { peers, imports } = this.#wish;
    return {
      ...compareAll({ routes, peers }, this.#mirror),
      ...compareImports(imports, this.#mirror.imports),
    };
  }

  #compareRoutes(prefixes: Iterable<Prefix>): RouteChange {
    const { desired } = this.#options;
    return compareRoutes(prefixes, (prefix) => desired.route(prefix), this.#mirror.routes);
  }

  async #apply(op: "change" | "adopt" | "repair", change: SpeakerChange): Promise<boolean> {
    if (isEmpty(change)) return false;
    const { clock, narrator, observer } = this.#options;
    const startedAtMs = clock.monotonic();
    narrator.renewals(renewals(change, this.#mirror.peers));
    const rejections = await this.#link.apply(change);
    const ms = clock.monotonic() - startedAtMs;
    this.#mirror.applied(change, rejections);
    observer.applied(op, ms / 1000);
    this.#scheduleRetry(change, rejections);
    if (rejections.length === 0) narrator.applied(op, change, ms);
    return true;
  }

  #scheduleRetry(change: SpeakerChange, rejections: readonly Rejection[]): void {
    const { narrator, observer } = this.#options;
    this.#refusals.note(change, rejections);
    if (this.#refusals.empty) this.#retryBackoff.reset();
    if (rejections.length === 0) return;
    for (const { error } of rejections) observer.applyFailed(error.code);
    // Those refused before do not wait longer for those refused now.
    if (this.#retryAlarm.pending) {
      narrator.rejected(rejections);
      return;
    }
    const delayMs = this.#retryBackoff.next();
    narrator.rejected(rejections, delayMs);
    this.#retryAlarm.set(delayMs);
  }

  /** What waits for the node's proxy has not been applied: its time goes on. */
  #postpone(taken: Dirty, { services, waiting }: Refreshed): void {
    const { dirty } = this.#options;
    for (const service of services) {
      const seen = taken.services.get(service) ?? taken.view;
      if (waiting.has(service) && seen !== null) dirty.postpone(service, seen);
      else dirty.overtake(service);
    }
  }

  /** Counts only events that changed something: the many others would make the speaker look fast. */
  #latency(dirty: Dirty, { services, waiting }: Refreshed): void {
    const { clock, observer } = this.#options;
    const told = [...dirty.services]
      .filter(([key]) => services.has(key) && !waiting.has(key))
      .map(([, seen]) => seen);
    for (const { atMs, triggeredAtMs } of dirty.view === null ? told : [...told, dirty.view]) {
      observer.eventApplied((clock.monotonic() - atMs) / 1000);
      if (triggeredAtMs !== null) observer.triggerApplied(Math.max(0, clock.now() - triggeredAtMs) / 1000);
    }
  }
}

function present<T>(items: ReadonlyMap<unknown, T | null>): T[] {
  return [...items.values()].filter((item) => item !== null);
}
