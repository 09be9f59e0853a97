// Keeps one Secret of the picture equal to the API, with the rights `get` and `watch` on its name and none besides.
//
// A watch without a resourceVersion begins with the object as it is, if it is there, and says nothing if it is not; so
// the object is asked for once as well, after the watch has begun: what happens in between comes over the watch.
import type { IncomingMessage } from "node:http";
import type { Log } from "../../model/log.ts";
import { objectKey } from "../../model/service.ts";
import type { ObjectKey } from "../../model/service.ts";
import { wait } from "../../time/clock.ts";
import type { Clock } from "../../time/clock.ts";
import { decode } from "../decode/decode.ts";
import { messageOf, WatchError } from "../errors.ts";
import type { Sink, WatchObserver } from "../sink.ts";
import { readBody, readText } from "./body.ts";
import { childOf } from "./child-signal.ts";
import type { Credentials } from "./credentials.ts";
import type { Limits } from "./limits.ts";
import { LineSplitter } from "./line-splitter.ts";
import { Pacer } from "./pacer.ts";
import { replyError } from "./reply.ts";
import { paceAfter } from "./state.ts";
import { Transport } from "./transport.ts";
import { eventTypes, parseEvent } from "./watch-events.ts";

/** How to reach the API. */
export interface SecretAccess {
  readonly credentials: Credentials;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly limits: Limits;
  readonly userAgent: string;
}

export interface SecretWatchOptions extends SecretAccess {
  readonly namespace: string;
  readonly name: string;
}

/** A Secret holds 1 MiB at most; base64 and metadata come on top. */
const maxBytes = 4 * 2 ** 20;

export class SecretWatch {
  readonly #options: SecretWatchOptions;
  readonly #key: ObjectKey;
  readonly #sink: Sink;
  readonly #observer: WatchObserver;
  readonly #transport: Transport;
  readonly #pacer: Pacer;

  constructor(options: SecretWatchOptions, sink: Sink, observer: WatchObserver) {
    this.#options = options;
    this.#key = objectKey(options.namespace, options.name);
    this.#sink = sink;
    this.#observer = observer;
    this.#transport = new Transport(options);
    this.#pacer = new Pacer(options.random);
  }

  /** Runs until the signal aborts. Never rejects: whatever fails is told to the observer and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    this.#observer.relist("Secret", "start");
    while (!signal.aborted) {
      const startedAtMs = this.#options.clock.monotonic();
      const error = await this.#follow(signal).then(() => null, explain(this.#key));
      await this.#pause(error, startedAtMs, signal);
    }
    this.#transport.reset();
  }

  async #pause(error: WatchError | null, startedAtMs: number, signal: AbortSignal): Promise<void> {
    const { clock, limits } = this.#options;
    if (signal.aborted) return;
    if (error !== null) await this.#bear(error, signal);
    else if (clock.monotonic() - startedAtMs >= limits.shortWatchMs) this.#pacer.progressed();
    else await wait(clock, this.#pacer.delayMs({ t: "backoff" }), signal);
  }

  /** From the opening of a watch to its end. */
  async #follow(outer: AbortSignal): Promise<void> {
    const round = childOf(outer);
    const { signal } = round;
    try {
      const answer = await this.#ask(this.#watchPath(), signal);
      if (answer === "missing") throw new WatchError("rejected", "the API does not know Secrets");
      const told = { any: false };
      const following = this.#readEvents(answer, told, signal);
      await Promise.all([following, this.#lookOnce(told, signal)]);
    } finally {
      round.abort();
    }
  }

  async #readEvents(answer: IncomingMessage, told: { any: boolean }, signal: AbortSignal): Promise<void> {
    const { clock, limits } = this.#options;
    const lines = new LineSplitter(maxBytes, (line) => {
      if (signal.aborted) return;
      told.any = this.#take(line) || told.any;
      this.#observer.contact("Secret");
    });
    await readBody(answer, (chunk) => lines.push(chunk), { clock, idleTimeoutMs: limits.idleTimeoutMs });
  }

  /** The watch tells all but that there is nothing to begin with. */
  async #lookOnce(told: { readonly any: boolean }, signal: AbortSignal): Promise<void> {
    const { namespace, name, clock, limits } = this.#options;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
    const answer = await this.#ask(path, signal);
    if (answer !== "missing")
      await readText(answer, maxBytes, { clock, idleTimeoutMs: limits.responseTimeoutMs });
    else if (!told.any && !signal.aborted)
      this.#sink.set("Secret", this.#key, { key: this.#key, state: { t: "absent" } });
    this.#observer.contact("Secret");
  }

  /** Returns whether the line was about the object. */
  #take(line: string): boolean {
    const { type, object } = parseSilently(line);
    this.#observer.event("Secret", eventTypes[type]);
    if (type === "BOOKMARK") return false;
    const secret = decode("Secret", object);
    if (secret.key !== this.#key) return false;
    this.#sink.set("Secret", this.#key, type === "DELETED" ? { ...secret, state: { t: "absent" } } : secret);
    return true;
  }

  async #ask(path: string, signal: AbortSignal): Promise<IncomingMessage | "missing"> {
    const { clock, limits } = this.#options;
    const answer = await this.#transport.get(path, signal);
    this.#pacer.answered();
    const status = answer.statusCode ?? 0;
    if (status === 200) return answer;
    const idleTimeoutMs = limits.responseTimeoutMs;
    const text = await readText(answer, maxBytes, { clock, idleTimeoutMs }).catch(() => "");
    if (status === 404) return "missing";
    throw replyError(
      { status, retryAfter: answer.headers["retry-after"], text },
      clock.now(),
      "get and watch",
    );
  }

  #watchPath(): string {
    const { namespace, name, random } = this.#options;
    const query = new URLSearchParams({
      watch: "1",
      allowWatchBookmarks: "true",
      // RBAC takes the name from this selector (resourceNames).
      fieldSelector: `metadata.name=${name}`,
      timeoutSeconds: String(Math.floor(300 * (1 + random()))),
    });
    return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets?${query.toString()}`;
  }

  async #bear(error: WatchError, signal: AbortSignal): Promise<void> {
    const { credentials, clock } = this.#options;
    this.#transport.reset();
    if (error.code === "unauthorized" || error.code === "forbidden") credentials.forget();
    if (error.code === "forbidden")
      this.#sink.set("Secret", this.#key, {
        key: this.#key,
        state: { t: "withheld", why: error.message },
      });
    this.#observer.failure("Secret", error);
    await wait(clock, this.#pacer.delayMs(paceAfter(error)), signal);
  }
}

/** Says of which Secret; nothing of what came is shown, for it may be the secret itself. */
function explain(key: ObjectKey): (error: unknown) => WatchError {
  return (error) => {
    const message = `cannot watch Secret/${key}: ${messageOf(error)}`;
    if (!(error instanceof WatchError)) return new WatchError("malformed", message);
    const { code, cause, status, retryAfterMs } = error;
    return new WatchError(code, message, { cause, status, retryAfterMs });
  };
}

function parseSilently(line: string): ReturnType<typeof parseEvent> {
  try {
    return parseEvent(line);
  } catch (error) {
    if (error instanceof WatchError && error.code !== "malformed") throw error;
    throw new WatchError("malformed", "the watch told what is no event");
  }
}
