// The loop: waits for a complete picture, opens the speaker, makes it hold what is desired, and begins again when
// the speaker is lost. Everything is level-triggered; nothing is counted.
import { EngineError, sameInstance } from "../engine/contract.ts";
import type { BgpInstance, Engine, EngineEvents, EngineLink, PeerStatus } from "../engine/contract.ts";
import type { Log } from "../model/log.ts";
import type { Problem } from "../model/problem.ts";
import { Backoff } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import { wait } from "../time/clock.ts";
import type { Change } from "../watch/cluster.ts";
import type { Cluster } from "../watch/cluster.ts";
import type { Desired } from "./desired.ts";
import { DirtySet } from "./dirty-set.ts";
import type { Drainer } from "./drainer.ts";
import type { Gatekeeper } from "./gatekeeper.ts";
import { Forgetter } from "./forgetter.ts";
import { Holder } from "./holder.ts";
import { Narrator } from "./narrator.ts";
import type { ReconcileObserver } from "./observer.ts";
import { passwordDoubts } from "./password-doubts.ts";
import { Sessions } from "./sessions.ts";
import { Wakeup } from "./wakeup.ts";

export type LoopState =
  /** Not every kind has been listed, or the node's own object does not say who it is: nothing may be changed. */
  | { readonly t: "waiting" }
  /** Opening the speaker, or reading back and adopting what it holds; again when the last try failed with an error. */
  | { readonly t: "opening"; readonly error: EngineError | null }
  /** The speaker is out of reach: tried again when the delay is over. Routes it may still hold are not touched. */
  | { readonly t: "backoff"; readonly error: EngineError }
  /** The speaker holds what is wanted, or is about to. */
  | { readonly t: "holding"; readonly link: EngineLink; readonly holder: Holder }
  | { readonly t: "stopped" };

/** The speaker is on this machine: trying is cheap, and every second without it counts. */
const reopenDelays = { initialMs: 20, maxMs: 1_000 } as const;

export interface LoopOptions {
  readonly engine: Engine;
  readonly cluster: Cluster;
  readonly desired: Desired;
  readonly drainer: Drainer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: ReconcileObserver;
  readonly log: Log;
  /** null or left out: new routes do not wait for the node's proxy. */
  readonly gatekeeper?: Gatekeeper | null;
  /** What becomes of the routes when the loop is told to stop. */
  readonly shutdown: "keep" | "withdraw";
}

export class Loop {
  readonly #options: LoopOptions;
  readonly #wakeup = new Wakeup();
  readonly #dirty: DirtySet;
  readonly #narrator: Narrator;
  readonly #forgetter: Forgetter;
  readonly #backoff: Backoff;
  readonly #sessions: Sessions;
  #state: LoopState = { t: "waiting" };
  #applied = false;
  #withdrawn = false;
  #opened = false;
  /** It was known once what the speaker is to hold. */
  #wished = false;
  #busySinceMs: number | null = null;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#dirty = new DirtySet(options.clock);
    this.#sessions = new Sessions(options.clock);
    this.#narrator = new Narrator(options.log);
    this.#forgetter = new Forgetter({ ...options, narrator: this.#narrator });
    this.#backoff = new Backoff({ ...reopenDelays, random: options.random });
  }

  get state(): LoopState {
    return this.#state;
  }

  /** The picture was complete, and the speaker was brought up to date at least once, but for what it refused. */
  get applied(): boolean {
    return this.#applied;
  }

  /** Since when the loop works on one step, on the monotonic clock; null: it waits for something to do. */
  get busySinceMs(): number | null {
    return this.#busySinceMs;
  }

  /** What is known of each session, by the neighbour's address. */
  get sessions(): Pick<Sessions, "get"> {
    return this.#sessions;
  }

  /** Of sessions that wait for an answer of their neighbours, and of the speaker itself. */
  get doubts(): readonly Problem[] {
    const { clock, desired, engine } = this.#options;
    return [...(engine.problems ?? []), ...passwordDoubts(desired.config.peers, this.#sessions, clock.now())];
  }

  /** To be called for every change of the picture. */
  changed(change: Change): void {
    this.#dirty.add(change);
    this.#wakeup.ring();
  }

  /**
   * Runs until the signal aborts, then ends the link as `shutdown` says: to withdraw the routes, the node is drained
   * first. Rejects only on a fault of our own.
   *
   * @returns whether the routes were taken back.
   */
  async run(signal: AbortSignal): Promise<boolean> {
    const { drainer, shutdown } = this.#options;
    const stop = () => {
      if (shutdown === "withdraw") drainer.ask("shutdown");
      this.#wakeup.ring();
    };
    signal.addEventListener("abort", stop, { once: true });
    // Told to end, the loop may go on for as long as a drain takes: new routes wait and pass until it has ended.
    const over = new AbortController();
    this.#options.gatekeeper?.start(over.signal, (services) => {
      for (const service of services) this.#dirty.resume(service);
      this.#wakeup.ring();
    });
    try {
      while (!signal.aborted) {
        const instance = this.#instance();
        if (instance === null) {
          this.#state = { t: "waiting" };
          await this.#wakeup.wait();
        } else {
          this.#wished = true;
          await this.#hold(instance, signal);
        }
      }
      if (shutdown === "withdraw" && !this.#withdrawn && this.#wished) await this.#forgetter.forgetRoutes();
      return this.#withdrawn;
    } finally {
      this.#state = { t: "stopped" };
      over.abort();
      signal.removeEventListener("abort", stop);
    }
  }

  /** What the speaker has to run; null while the picture does not tell. */
  #instance(): BgpInstance | null {
    const { cluster, desired } = this.#options;
    if (cluster.unsynced.size > 0) return null;
    if (!this.#dirty.empty) this.#forgetter.changed();
    this.#narrator.verdicts(desired.refresh(this.#dirty.take()).verdicts);
    if (desired.instance === null) this.#narrator.problems(desired.problems());
    return desired.instance;
  }

  /** One tenure: from opening the speaker until it is lost, must run another instance, or we stop. */
  async #hold(instance: BgpInstance, signal: AbortSignal): Promise<void> {
    const { engine } = this.#options;
    const fate: { lost: EngineError | null } = { lost: null };
    const events = {
      lost: (error: EngineError) => {
        fate.lost = error;
        this.#wakeup.ring();
      },
      session: (status: PeerStatus) => this.#session(status),
    };
    let link: EngineLink | null = null;
    let holder: Holder | null = null;
    try {
      this.#state = { t: "opening", error: this.#state.t === "backoff" ? this.#state.error : null };
      link = await this.#busy(open(engine, instance, events, signal));
      this.#welcome(link);
      holder = this.#holder(link, instance);
      const adopted = await this.#busy(holder.adopt());
      this.#state = { t: "holding", link, holder };
      this.#applied ||= adopted;
      this.#backoff.reset();
      while (!this.#done(signal) && this.#runs(instance)) {
        await this.#wakeup.wait();
        if (fate.lost !== null) throw fate.lost;
        await this.#busy(holder.step());
      }
      const mode = signal.aborted ? this.#options.shutdown : "keep";
      await link.close(mode);
      this.#withdrawn = mode === "withdraw";
    } catch (error) {
      await link?.close("keep").catch(() => undefined);
      if (signal.aborted) return;
      if (!(error instanceof EngineError)) throw error;
      await this.#backOff(fate.lost ?? error, signal);
    } finally {
      holder?.release();
      this.#options.drainer.lost();
      this.#options.gatekeeper?.lost();
      this.#sessions.speakerLost();
    }
  }

  /** Told to stop, and nothing is left to be done before the link is closed. */
  #done(signal: AbortSignal): boolean {
    const { drainer, shutdown } = this.#options;
    return signal.aborted && (shutdown === "keep" || drainer.drain.t === "withdrawn");
  }

  #holder(link: EngineLink, instance: BgpInstance): Holder {
    return new Holder(link, {
      ...this.#options,
      dirty: this.#dirty,
      wakeup: this.#wakeup,
      narrator: this.#narrator,
      runs: () => this.#runs(instance),
      doubts: () => this.doubts,
    });
  }

  /** Is it still the instance that the configuration asks for? A node that is gone keeps the one it had. */
  #runs(instance: BgpInstance): boolean {
    const wanted = this.#options.desired.instance;
    return wanted === null || sameInstance(instance, wanted);
  }

  #welcome(link: EngineLink): void {
    const { observer } = this.#options;
    if (this.#opened && (link.fresh || link.restarted !== null)) observer.engineRestarted();
    this.#opened = true;
    this.#forgetter.changed();
    this.#narrator.opened(link.version, link.fresh, link.restarted);
  }

  #session(status: PeerStatus): void {
    const { address } = status;
    const drop = this.#sessions.get(address)?.lastDrop ?? null;
    const before = this.#sessions.note(status);
    const name = this.#options.desired.config.peers.find((peer) => peer.address === address)?.name ?? address;
    this.#narrator.session(name, status, before, this.#options.clock.now());
    const now = this.#sessions.get(address)?.lastDrop ?? null;
    if (drop?.reason === null && now?.atMs === drop.atMs && now.reason !== null)
      this.#narrator.lossExplained(name, address, now.reason);
  }

  async #backOff(error: EngineError, signal: AbortSignal): Promise<void> {
    this.#state = { t: "backoff", error };
    this.#options.observer.applyFailed(error.code);
    const delayMs = this.#backoff.next();
    this.#narrator.lost(error, delayMs);
    if (error.code === "unreachable") await this.#forgetter.forget(this.#applied);
    await wait(this.#options.clock, delayMs, signal);
  }

  async #busy<T>(work: Promise<T>): Promise<T> {
    this.#busySinceMs = this.#options.clock.monotonic();
    try {
      return await work;
    } finally {
      this.#busySinceMs = null;
    }
  }
}

/** The signal ends the opening only: an open link is closed in good order when we are told to stop. */
async function open(
  engine: Engine,
  instance: BgpInstance,
  events: EngineEvents,
  signal: AbortSignal,
): Promise<EngineLink> {
  const opening = new AbortController();
  const abort = () => opening.abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await engine.open(instance, events, opening.signal);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
