// Keeps one kind of the picture equal to the API: all objects, then the changes, and after any failure on from there.
import type { IncomingMessage } from "node:http";
import type { Log } from "../../model/log.ts";
import { wait } from "../../time/clock.ts";
import type { Clock } from "../../time/clock.ts";
import { messageOf, WatchError } from "../errors.ts";
import { kinds } from "../kinds.ts";
import type { Kind, ModelOf } from "../kinds.ts";
import type { RelistReason, Sink, WatchObserver } from "../sink.ts";
import { readBody, readText } from "./body.ts";
import { Collection } from "./collection.ts";
import type { Query } from "./collection.ts";
import type { Credentials } from "./credentials.ts";
import type { Limits } from "./limits.ts";
import { Gathering } from "./gathering.ts";
import { LineSplitter } from "./line-splitter.ts";
import { parseListPage } from "./list-page.ts";
import { Pacer } from "./pacer.ts";
import { firstState, nextState } from "./state.ts";
import type { Listing, Outcome, ReflectorState, Streaming, Watching } from "./state.ts";
import { Transport } from "./transport.ts";
import { Undecodable } from "./undecodable.ts";
import { WatchEvents } from "./watch-events.ts";

export interface ReflectorOptions<K extends Kind> {
  readonly kind: K;
  /** Only objects that match, such as `metadata.name=n1`; null: all. */
  readonly fieldSelector: string | null;
  readonly credentials: Credentials;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly limits: Limits;
  readonly userAgent: string;
}

/** How an API says that it cannot stream: what it does not know is invalid, or forbidden by a feature gate. */
const unsupportedStatuses: readonly (number | null)[] = [400, 405, 422, 501];

export class Reflector<K extends Kind> {
  readonly #options: ReflectorOptions<K>;
  readonly #sink: Sink;
  readonly #observer: WatchObserver;
  readonly #transport: Transport;
  readonly #collection: Collection;
  readonly #pacer: Pacer;
  readonly #undecodable: Undecodable;
  /** When the watch that is open began, on the monotonic clock; until the API takes it, none has begun. */
  #watchedSinceMs = Infinity;
  /** apiVersion that the picture was last read from; empty: none. */
  #readAt = "";
  #absenceTold = false;

  constructor(options: ReflectorOptions<K>, sink: Sink, observer: WatchObserver) {
    this.#options = options;
    this.#sink = sink;
    this.#observer = observer;
    this.#transport = new Transport(options);
    this.#pacer = new Pacer(options.random);
    const answered = () => this.#pacer.answered();
    this.#collection = new Collection({ ...options, answered }, this.#transport);
    this.#undecodable = new Undecodable(options.kind, sink);
  }

  /** Runs until the signal aborts. Never rejects: whatever fails is told to the observer and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    let state: ReflectorState = firstState;
    while (!signal.aborted) {
      const outcome = await this.#live(state, signal);
      if (outcome.t === "failed") this.#failed(outcome.error, signal);
      state = nextState(state, outcome);
    }
    this.#transport.reset();
  }

  #live(state: ReflectorState, signal: AbortSignal): Promise<Outcome> {
    switch (state.t) {
      case "streaming":
        return this.#stream(state, signal);
      case "listing":
        return this.#list(state, signal);
      case "watching":
        return this.#watch(state, signal);
      case "waiting":
        return this.#pause(this.#pacer.delayMs(state.pace), signal);
      case "absent":
        return this.#bearAbsence(signal);
    }
  }

  /** All objects by one stream, and from then on the changes by the same. */
  async #stream({ reason, believesAbsence }: Streaming, signal: AbortSignal): Promise<Outcome> {
    const { kind, clock, limits } = this.#options;
    const initial = { sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan" };
    const query = (preferred: boolean) => ({ ...this.#watchQuery(preferred), ...initial });
    const gathering = new Gathering(kind);
    /** null until all objects are told of. */
    const follows: { events: WatchEvents<K> | null } = { events: null };
    try {
      const answer = await this.#collection.find(query, believesAbsence, signal);
      if (answer === "missing") return { t: "missing" };
      const endless = new WatchError(
        "idle",
        `the API server did not say within ${limits.streamTimeoutMs / 1000} s that these were all`,
      );
      const cancelLimit = clock.schedule(limits.streamTimeoutMs, () => answer.destroy(endless));
      try {
        await this.#follow(answer, (line) => {
          if (follows.events !== null) {
            follows.events.take(line);
            this.#observer.contact(kind);
            return;
          }
          const version = gathering.take(line);
          if (version === null) return;
          cancelLimit();
          this.#swapIn(gathering, reason);
          this.#watchedSinceMs = clock.monotonic();
          follows.events = this.#eventsFrom(version);
        });
      } finally {
        cancelLimit();
      }
      return follows.events === null ? { t: "unsupported" } : this.#ended(follows.events);
    } catch (error) {
      return this.#streamFailed(error, follows.events, gathering);
    }
  }

  #ended(events: WatchEvents<K>): Outcome {
    const { preferred } = this.#collection;
    return { t: "ended", version: events.version, sound: this.#endSound(events), preferred };
  }

  /** To be called when a watch is over: did it tell something, or take its time? Then all is well. */
  #endSound(events: WatchEvents<K>): boolean {
    const { clock, limits } = this.#options;
    const sound = events.count > 0 || clock.monotonic() - this.#watchedSinceMs >= limits.shortWatchMs;
    this.#watchedSinceMs = Infinity;
    if (sound) this.#pacer.progressed();
    return sound;
  }

  #streamFailed(error: unknown, events: WatchEvents<K> | null, gathering: Gathering<K>): Outcome {
    if (events !== null) return this.#watchFailed(error, events);
    const explained = this.#explain("list", error);
    if (explained.code === "rejected" && unsupportedStatuses.includes(explained.status)) {
      this.#options.log.debug({ kind: this.#options.kind }, `${explained.message}; listing by pages instead`);
      return { t: "unsupported" };
    }
    return { t: "failed", error: explained, version: null, progressed: gathering.begun };
  }

  async #list({ reason, paged, believesAbsence }: Listing, signal: AbortSignal): Promise<Outcome> {
    const { kind, clock, limits } = this.#options;
    try {
      const gathering = new Gathering(kind);
      let page = { version: "", next: "" };
      do {
        const query = { limit: paged ? String(limits.pageSize) : "", continue: page.next };
        const answer =
          page.next === ""
            ? await this.#collection.find(() => query, believesAbsence, signal)
            : await this.#collection.ask(query, signal);
        if (answer === "missing") return { t: "missing" };
        const idleTimeoutMs = limits.responseTimeoutMs;
        const text = await readText(answer, limits.maxPageBytes, { clock, idleTimeoutMs });
        const { items, ...rest } = parseListPage(text);
        for (const item of items) gathering.add(item);
        page = rest;
      } while (page.next !== "" && !signal.aborted);
      this.#swapIn(gathering, reason);
      return { t: "listed", version: page.version };
    } catch (error) {
      return { t: "failed", error: this.#explain("list", error), version: null, progressed: false };
    }
  }

  async #watch({ version }: Watching, signal: AbortSignal): Promise<Outcome> {
    const { kind, clock } = this.#options;
    const events = this.#eventsFrom(version);
    try {
      const { preferred } = this.#collection;
      const query = { ...this.#watchQuery(preferred), resourceVersion: version };
      const answer = await this.#collection.ask(query, signal);
      if (answer === "missing") return { t: "missing" };
      this.#watchedSinceMs = clock.monotonic();
      this.#observer.contact(kind);
      await this.#follow(answer, (line) => {
        events.take(line);
        this.#observer.contact(kind);
      });
      return this.#ended(events);
    } catch (error) {
      return this.#watchFailed(error, events);
    }
  }

  #watchFailed(error: unknown, events: WatchEvents<K>): Outcome {
    const progressed = events.count > 0;
    this.#endSound(events);
    return { t: "failed", error: this.#explain("watch", error), version: events.version, progressed };
  }

  #watchQuery(preferred: boolean): Query {
    const { random, limits } = this.#options;
    // Spread, so that the watches of all agents do not end in the same moment.
    const seconds = (preferred ? 300 : limits.unpreferredWatchMs / 1000) * (1 + random());
    return { watch: "1", allowWatchBookmarks: "true", timeoutSeconds: String(Math.floor(seconds)) };
  }

  #eventsFrom(version: string): WatchEvents<K> {
    return new WatchEvents(this.#options.kind, version, this.#sink, this.#observer, this.#undecodable);
  }

  /** Reads the lines of a watch until it ends. */
  async #follow(answer: IncomingMessage, onLine: (line: string) => void): Promise<void> {
    const { clock, limits } = this.#options;
    const lines = new LineSplitter(limits.maxLineBytes, onLine);
    await readBody(answer, (chunk) => lines.push(chunk), { clock, idleTimeoutMs: limits.idleTimeoutMs });
    if (lines.pendingBytes > 0) throw new WatchError("malformed", "the watch ended in the middle of a line");
  }

  #swapIn(gathering: Gathering<K>, reason: RelistReason): void {
    const { kind } = this.#options;
    this.#pacer.served();
    this.#absenceTold = false;
    this.#sayWhere();
    this.#observer.relist(kind, reason);
    gathering.swapIn(this.#sink, this.#undecodable);
    this.#observer.contact(kind);
  }

  #sayWhere(): void {
    const { kind, log } = this.#options;
    const { apiVersion } = this.#collection.place;
    if (this.#readAt === apiVersion) return;
    if (this.#readAt !== "" || !this.#collection.preferred)
      log.info({ kind, apiVersion }, `reading ${kind} of ${apiVersion}`);
    this.#readAt = apiVersion;
  }

  async #pause(ms: number, signal: AbortSignal): Promise<Outcome> {
    await wait(this.#options.clock, ms, signal);
    return { t: "waited" };
  }

  #bearAbsence(signal: AbortSignal): Promise<Outcome> {
    const { kind, log } = this.#options;
    const { apiVersion } = kinds[kind];
    this.#readAt = "";
    if (!this.#absenceTold)
      log.info({ kind, apiVersion }, `the API does not know ${kind} of ${apiVersion}; its CRD is waited for`);
    this.#absenceTold = true;
    this.#undecodable.clear();
    this.#sink.replace(kind, new Map<string, ModelOf[K]>());
    this.#observer.contact(kind);
    return this.#pause(this.#pacer.absentMs(), signal);
  }

  #failed(error: WatchError, signal: AbortSignal): void {
    if (signal.aborted) return;
    const { kind, credentials } = this.#options;
    this.#transport.reset();
    if (error.code === "unauthorized" || error.code === "forbidden") credentials.forget();
    if (error.code !== "expired") this.#observer.failure(kind, error);
  }

  /** Says what was being done when it failed; anything unforeseen is a list that has to be made again. */
  #explain(verb: "list" | "watch", error: unknown): WatchError {
    const message = `cannot ${verb} ${this.#options.kind}: ${messageOf(error)}`;
    if (!(error instanceof WatchError)) return new WatchError("malformed", message, { cause: error });
    const { code, cause, status, retryAfterMs } = error;
    return new WatchError(code, message, { cause, status, retryAfterMs });
  }
}
