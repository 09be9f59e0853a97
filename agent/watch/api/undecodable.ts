// Objects that the API holds and Bellman cannot place: reported until they are mended, gone or listed again.
import type { Problem } from "../../model/problem.ts";
import { DecodeError } from "../decode/fields.ts";
import { readKey } from "../decode/metadata.ts";
import type { Kind } from "../kinds.ts";
import type { Sink } from "../sink.ts";

/** More of them would say no more. */
const maxReported = 100;

export class Undecodable {
  readonly #kind: Kind;
  readonly #sink: Sink;
  /** By key; those without one share the empty key. */
  readonly #problems = new Map<string, Problem>();

  constructor(kind: Kind, sink: Sink) {
    this.#kind = kind;
    this.#sink = sink;
  }

  add(wire: unknown, error: DecodeError): void {
    const key = keyOrNone(this.#kind, wire);
    if (this.#problems.size >= maxReported && !this.#problems.has(key)) return;
    const object = key === "" ? this.#kind : `${this.#kind}/${key}`;
    this.#problems.set(key, { object, field: error.field, severity: "error", message: error.message });
    this.#report();
  }

  mended(key: string): void {
    if (this.#problems.size > 0 && this.#problems.delete(key)) this.#report();
  }

  clear(): void {
    if (this.#problems.size === 0) return;
    this.#problems.clear();
    this.#report();
  }

  #report(): void {
    this.#sink.report(`watch/${this.#kind}`, [...this.#problems.values()]);
  }
}

function keyOrNone(kind: Kind, wire: unknown): string {
  try {
    return readKey(kind, wire);
  } catch (error) {
    if (error instanceof DecodeError) return "";
    throw error;
  }
}
