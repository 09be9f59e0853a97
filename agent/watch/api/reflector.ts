// Keeps one kind of the picture equal to the API: list, then watch, and after any failure on from where it was.
import type { IncomingMessage } from "node:http";
import type { Log } from "../../model/log.ts";
import { wait } from "../../time/clock.ts";
import type { Clock } from "../../time/clock.ts";
import { decode, modelKey } from "../decode/decode.ts";
import { DecodeError } from "../decode/fields.ts";
import { messageOf, WatchError } from "../errors.ts";
import { kinds } from "../kinds.ts";
import type { Kind, ModelOf } from "../kinds.ts";
import type { Sink, WatchObserver } from "../sink.ts";
import { readBody, readText } from "./body.ts";
import type { Credentials } from "./credentials.ts";
import type { Limits } from "./limits.ts";
import { LineSplitter } from "./line-splitter.ts";
import { parseListPage } from "./list-page.ts";
import { Pacer } from "./pacer.ts";
import { replyError } from "./reply.ts";
import { firstState, nextState } from "./state.ts";
import type { Listing, Outcome, ReflectorState, Watching } from "./state.ts";
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

/** A page that tells what went wrong need not be longer. */
const maxRefusalBytes = 64 * 1024;

export class Reflector<K extends Kind> {
  readonly #options: ReflectorOptions<K>;
  readonly #sink: Sink;
  readonly #observer: WatchObserver;
  readonly #transport: Transport;
  readonly #pacer: Pacer;
  readonly #undecodable: Undecodable;
  #absenceTold = false;

  constructor(options: ReflectorOptions<K>, sink: Sink, observer: WatchObserver) {
    this.#options = options;
    this.#sink = sink;
    this.#observer = observer;
    this.#transport = new Transport(options);
    this.#pacer = new Pacer(options.random);
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

  async #list({ reason, paged }: Listing, signal: AbortSignal): Promise<Outcome> {
    const { kind, limits } = this.#options;
    try {
      const objects = new Map<string, ModelOf[K]>();
      const unread: [unknown, DecodeError][] = [];
      let page = { version: "", next: "" };
      do {
        const query = { limit: paged ? String(limits.pageSize) : "", continue: page.next };
        const answer = await this.#ask(query, signal);
        if (answer === "missing") return { t: "missing" };
        const idleTimeoutMs = limits.responseTimeoutMs;
        const text = await readText(answer, limits.maxPageBytes, {
          clock: this.#options.clock,
          idleTimeoutMs,
        });
        const { items, ...rest } = parseListPage(text);
        for (const item of items) {
          const object = this.#decode(item, unread);
          if (object !== null) objects.set(modelKey(object), object);
        }
        page = rest;
      } while (page.next !== "" && !signal.aborted);
      this.#pacer.served();
      this.#absenceTold = false;
      this.#observer.relist(kind, reason);
      this.#undecodable.clear();
      for (const [item, error] of unread) this.#undecodable.add(item, error);
      this.#sink.replace(kind, objects);
      this.#observer.contact(kind);
      return { t: "listed", version: page.version };
    } catch (error) {
      return { t: "failed", error: this.#explain("list", error), version: null, progressed: false };
    }
  }

  async #watch({ version }: Watching, signal: AbortSignal): Promise<Outcome> {
    const { kind, clock, random, limits } = this.#options;
    const events = new WatchEvents(kind, version, this.#sink, this.#observer, this.#undecodable);
    // Until the API takes the watch, none has begun.
    let startMs = Infinity;
    const sound = () => events.count > 0 || clock.monotonic() - startMs >= limits.shortWatchMs;
    try {
      const answer = await this.#ask(
        {
          watch: "1",
          resourceVersion: version,
          allowWatchBookmarks: "true",
          // Spread, so that the watches of all agents do not end in the same moment.
          timeoutSeconds: String(Math.floor(300 + 300 * random())),
        },
        signal,
      );
      if (answer === "missing") return { t: "missing" };
      startMs = clock.monotonic();
      this.#observer.contact(kind);
      const lines = new LineSplitter(limits.maxLineBytes, (line) => {
        events.take(line);
        this.#observer.contact(kind);
      });
      await readBody(answer, (chunk) => lines.push(chunk), { clock, idleTimeoutMs: limits.idleTimeoutMs });
      if (lines.pendingBytes > 0)
        throw new WatchError("malformed", "the watch ended in the middle of a line");
      return { t: "ended", version: events.version, sound: sound() };
    } catch (error) {
      const progressed = events.count > 0;
      return { t: "failed", error: this.#explain("watch", error), version: events.version, progressed };
    } finally {
      if (sound()) this.#pacer.progressed();
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<Outcome> {
    await wait(this.#options.clock, ms, signal);
    return { t: "waited" };
  }

  #bearAbsence(signal: AbortSignal): Promise<Outcome> {
    const { kind, log } = this.#options;
    const { apiVersion } = kinds[kind];
    if (!this.#absenceTold)
      log.info({ kind, apiVersion }, `the API does not know ${kind} of ${apiVersion}; its CRD is waited for`);
    this.#absenceTold = true;
    this.#undecodable.clear();
    this.#sink.replace(kind, new Map<string, ModelOf[K]>());
    this.#observer.contact(kind);
    return this.#pause(this.#pacer.absentMs(), signal);
  }

  /** The answer when it is a success; `missing` for 404 where the kind may be absent. @throws {WatchError} otherwise */
  async #ask(
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage | "missing"> {
    const { kind, fieldSelector, clock, limits } = this.#options;
    const { path, optional } = kinds[kind];
    const given = Object.entries({ ...query, fieldSelector: fieldSelector ?? "" }).filter(
      ([, value]) => value !== "",
    );
    const answer = await this.#transport.get(`${path}?${new URLSearchParams(given).toString()}`, signal);
    this.#pacer.answered();
    const status = answer.statusCode ?? 0;
    if (status === 200) return answer;
    const idleTimeoutMs = limits.responseTimeoutMs;
    const text = await readText(answer, maxRefusalBytes, { clock, idleTimeoutMs }).catch(() => "");
    if (status === 404 && optional) return "missing";
    throw replyError({ status, retryAfter: answer.headers["retry-after"], text }, clock.now());
  }

  /** null: it has no place in the picture, and `unread` tells why. */
  #decode(item: unknown, unread: [unknown, DecodeError][]): ModelOf[K] | null {
    try {
      return decode(this.#options.kind, item);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      unread.push([item, error]);
      return null;
    }
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
