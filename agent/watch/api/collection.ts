// Asks the API for one kind: at the place where it is served, which is looked for with each list.
import type { IncomingMessage } from "node:http";
import type { Clock } from "../../time/clock.ts";
import { WatchError } from "../errors.ts";
import { kinds } from "../kinds.ts";
import type { Kind, Place } from "../kinds.ts";
import { readText } from "./body.ts";
import type { Limits } from "./limits.ts";
import { replyError } from "./reply.ts";
import type { Transport } from "./transport.ts";

export interface CollectionOptions {
  readonly kind: Kind;
  /** Only objects that match, such as `metadata.name=n1`; null: all. */
  readonly fieldSelector: string | null;
  readonly clock: Clock;
  readonly limits: Limits;
  /** Told of each answer of the API, refusals included. */
  readonly answered: () => void;
}

/** Empty values are left out. */
export type Query = Readonly<Record<string, string>>;

/** A page that tells what went wrong need not be longer. */
const maxRefusalBytes = 64 * 1024;

export class Collection {
  readonly #options: CollectionOptions;
  readonly #transport: Transport;
  /** In order of preference. */
  readonly #places: readonly Place[];
  /** Where the kind was served last; before that, where it is looked for first. */
  #place: Place;

  constructor(options: CollectionOptions, transport: Transport) {
    this.#options = options;
    this.#transport = transport;
    const { storage, ...first } = kinds[options.kind];
    this.#places = storage === null ? [first] : [first, storage];
    this.#place = first;
  }

  get place(): Place {
    return this.#place;
  }

  /** Another place would be preferred, should the kind be served there. */
  get preferred(): boolean {
    return this.#place === this.#places[0];
  }

  /**
   * Looks for the kind and asks for it there; `missing` when it is served nowhere.
   *
   * @param believesAbsence false: the last place is not left for another at the first 404
   * @throws {WatchError} when the API answers neither with a success nor that it does not know the kind.
   */
  async find(
    query: (preferred: boolean) => Query,
    believesAbsence: boolean,
    signal: AbortSignal,
  ): Promise<IncomingMessage | "missing"> {
    const last = this.#place;
    for (const place of this.#places) {
      const answer = await this.#lookAt(place, query(place === this.#places[0]), signal);
      if (answer !== "missing") {
        this.#place = place;
        return answer;
      }
      if (place === last && !believesAbsence) return "missing";
    }
    return "missing";
  }

  /** Asks where the kind was found. @throws {WatchError} as above. */
  async ask(query: Query, signal: AbortSignal): Promise<IncomingMessage | "missing"> {
    return this.#get(this.#place, query, signal);
  }

  async #lookAt(place: Place, query: Query, signal: AbortSignal): Promise<IncomingMessage | "missing"> {
    try {
      return await this.#get(place, query, signal);
    } catch (error) {
      // Of a group that does not exist, too, the API says only that we may not see it.
      const elsewhere = place !== this.#places[0] && place !== this.#place;
      if (elsewhere && error instanceof WatchError && error.code === "forbidden") return "missing";
      throw error;
    }
  }

  async #get({ path }: Place, query: Query, signal: AbortSignal): Promise<IncomingMessage | "missing"> {
    const { kind, fieldSelector, clock, limits, answered } = this.#options;
    const given = Object.entries({ ...query, fieldSelector: fieldSelector ?? "" }).filter(
      ([, value]) => value !== "",
    );
    const answer = await this.#transport.get(`${path}?${new URLSearchParams(given).toString()}`, signal);
    answered();
    const status = answer.statusCode ?? 0;
    if (status === 200) return answer;
    const idleTimeoutMs = limits.responseTimeoutMs;
    const text = await readText(answer, maxRefusalBytes, { clock, idleTimeoutMs }).catch(() => "");
    if (status === 404 && kinds[kind].optional) return "missing";
    throw replyError({ status, retryAfter: answer.headers["retry-after"], text }, clock.now());
  }
}
