// A list on its way: its objects, trimmed as they come, until all are there and take the picture's place.
import { decode, modelKey } from "../decode/decode.ts";
import { DecodeError, isFields } from "../decode/fields.ts";
import { readKey } from "../decode/metadata.ts";
import type { Kind, ModelOf } from "../kinds.ts";
import type { Sink } from "../sink.ts";
import type { Undecodable } from "./undecodable.ts";
import { parseEvent } from "./watch-events.ts";

export class Gathering<K extends Kind> {
  readonly #kind: K;
  readonly #objects = new Map<string, ModelOf[K]>();
  readonly #unread: [unknown, DecodeError][] = [];

  constructor(kind: K) {
    this.#kind = kind;
  }

  /** Something has come. */
  get begun(): boolean {
    return this.#objects.size > 0 || this.#unread.length > 0;
  }

  add(wire: unknown): void {
    this.#place(wire, () => {
      const object = decode(this.#kind, wire);
      this.#objects.set(modelKey(object), object);
    });
  }

  /**
   * One line of a stream: an object, or a change to one that was told of before. Returns the version to go on from when
   * the line says that these were all; null: there are more.
   *
   * @throws {WatchError} when the line is no event, or one that ends the stream.
   */
  take(line: string): string | null {
    const { type, object } = parseEvent(line);
    switch (type) {
      case "ADDED":
      case "MODIFIED":
        this.add(object);
        return null;
      case "DELETED":
        this.#place(object, () => this.#objects.delete(readKey(this.#kind, object)));
        return null;
      case "BOOKMARK":
        return endOfInitialEvents(object);
    }
  }

  /** Puts the list in the picture's place. */
  swapIn(sink: Sink, undecodable: Undecodable): void {
    undecodable.clear();
    for (const [wire, error] of this.#unread) undecodable.add(wire, error);
    sink.replace(this.#kind, this.#objects);
  }

  /** What cannot be read has no place in the picture; it is told of when the list is there. */
  #place(wire: unknown, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#unread.push([wire, error]);
    }
  }
}

/** Version of the bookmark that ends the initial events (KEP-3157); null: it is another one. */
function endOfInitialEvents(object: unknown): string | null {
  const metadata: unknown = isFields(object) ? object["metadata"] : undefined;
  if (!isFields(metadata)) return null;
  const { annotations, resourceVersion } = metadata;
  const ends = isFields(annotations) && annotations["k8s.io/initial-events-end"] === "true";
  return ends && typeof resourceVersion === "string" && resourceVersion !== "" ? resourceVersion : null;
}
