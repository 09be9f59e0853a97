// The Secrets that peers name, each watched by itself and by its name alone: no right to list Secrets is needed.
import { objectKey } from "../../model/service.ts";
import type { ObjectKey } from "../../model/service.ts";
import type { Kind } from "../kinds.ts";
import type { Sink, WatchObserver } from "../sink.ts";
import type { WantedSecrets } from "../wanted-secrets.ts";
import { childOf } from "./child-signal.ts";
import { SecretWatch } from "./secret-watch.ts";
import type { SecretAccess } from "./secret-watch.ts";

interface Running {
  readonly key: ObjectKey;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Runs until the signal aborts; watches begin and end with the names that are wanted. */
export async function watchSecrets(
  wanted: WantedSecrets,
  access: SecretAccess,
  sink: Sink,
  observer: WatchObserver,
  signal: AbortSignal,
): Promise<void> {
  const running = new Map<string, Running>();
  const common = new CommonHealth(observer);
  const start = (namespace: string, name: string): Running => {
    const controller = childOf(signal);
    const key = objectKey(namespace, name);
    const watch = new SecretWatch({ ...access, namespace, name }, sink, common.of(name));
    return { key, controller, done: watch.run(controller.signal) };
  };
  const follow = () => {
    const { names, namespace } = wanted;
    for (const [name, { key, controller }] of running) {
      if (names.has(name)) continue;
      running.delete(name);
      controller.abort();
      common.gone(name);
      sink.remove("Secret", key);
    }
    if (namespace === null) return;
    for (const name of names) if (!running.has(name)) running.set(name, start(namespace, name));
  };
  sink.replace("Secret", new Map());
  observer.contact("Secret");
  wanted.follow(follow);
  follow();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  wanted.follow(() => undefined);
  await Promise.all([...running.values()].map(({ done }) => done));
}

/** The kind is in touch with the API when each of its watches is. */
class CommonHealth {
  readonly #observer: WatchObserver;
  readonly #failing = new Set<string>();

  constructor(observer: WatchObserver) {
    this.#observer = observer;
  }

  of(name: string): WatchObserver {
    const sound = (tell: () => void) => {
      if (this.#failing.size === 0) tell();
    };
    return {
      event: (kind, type) => {
        // A quiet watch beside one that fails is no sign that all is well.
        if (type !== "bookmark" || this.#failing.size === 0) this.#observer.event(kind, type);
      },
      relist: (kind, reason) => this.#observer.relist(kind, reason),
      contact: (kind: Kind) => {
        this.#failing.delete(name);
        sound(() => this.#observer.contact(kind));
      },
      failure: (kind, error) => {
        this.#failing.add(name);
        this.#observer.failure(kind, error);
      },
    };
  }

  /** Its failure is nobody's any more. */
  gone(name: string): void {
    if (this.#failing.delete(name) && this.#failing.size === 0) this.#observer.contact("Secret");
  }
}
