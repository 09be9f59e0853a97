// One line of a watch → the picture.
import { quote } from "../../model/problem.ts";
import { decode, modelKey } from "../decode/decode.ts";
import { DecodeError, isFields } from "../decode/fields.ts";
import { readKey } from "../decode/metadata.ts";
import { WatchError } from "../errors.ts";
import type { Kind } from "../kinds.ts";
import type { Sink, WatchObserver } from "../sink.ts";
import { eventError } from "./reply.ts";
import type { Undecodable } from "./undecodable.ts";

export const eventTypes = {
  ADDED: "added",
  MODIFIED: "modified",
  DELETED: "deleted",
  BOOKMARK: "bookmark",
} as const;

export class WatchEvents<K extends Kind> {
  readonly #kind: K;
  readonly #sink: Sink;
  readonly #observer: WatchObserver;
  readonly #undecodable: Undecodable;
  #version: string;
  #count = 0;

  constructor(kind: K, version: string, sink: Sink, observer: WatchObserver, undecodable: Undecodable) {
    this.#kind = kind;
    this.#version = version;
    this.#sink = sink;
    this.#observer = observer;
    this.#undecodable = undecodable;
  }

  /** Everything up to this resourceVersion is in the picture. */
  get version(): string {
    return this.#version;
  }

  /** How many events came, bookmarks included. */
  get count(): number {
    return this.#count;
  }

  /** @throws {WatchError} when the line is no event, or one that ends the watch. */
  take(line: string): void {
    const { type, object } = parseEvent(line);
    if (type === "DELETED") this.#remove(object);
    else if (type !== "BOOKMARK") this.#set(object);
    const metadata: unknown = isFields(object) ? object["metadata"] : undefined;
    const version: unknown = isFields(metadata) ? metadata["resourceVersion"] : undefined;
    if (typeof version === "string" && version !== "") this.#version = version;
    this.#count += 1;
    this.#observer.event(this.#kind, eventTypes[type]);
  }

  #set(wire: unknown): void {
    let object;
    try {
      object = decode(this.#kind, wire);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      // Its last good state, if it has one, stays in the picture.
      this.#undecodable.add(wire, error);
      return;
    }
    const key = modelKey(object);
    this.#undecodable.mended(key);
    this.#sink.set(this.#kind, key, object);
  }

  #remove(wire: unknown): void {
    try {
      const key = readKey(this.#kind, wire);
      this.#undecodable.mended(key);
      this.#sink.remove(this.#kind, key);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#undecodable.add(wire, error);
    }
  }
}

interface WatchEvent {
  readonly type: keyof typeof eventTypes;
  readonly object: unknown;
}

/** @throws {WatchError} when the line is no event, or one that ends the watch. */
export function parseEvent(line: string): WatchEvent {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch (cause) {
    throw new WatchError("malformed", `the watch told what is not JSON: ${quote(line)}`, { cause });
  }
  if (!isFields(event))
    throw new WatchError("malformed", `the watch told what is not an event: ${quote(line)}`);
  const { type, object } = event;
  if (type === "ERROR") throw eventError(object);
  if (type !== "ADDED" && type !== "MODIFIED" && type !== "DELETED" && type !== "BOOKMARK")
    throw new WatchError("malformed", `the watch told of an event of type ${quote(type)}`);
  return { type, object };
}
