// How long a reflector pauses, by what made it pause.
import { Backoff } from "../../time/backoff.ts";
import type { Pace } from "./state.ts";

/**
 * Between two looks at a kind that seems to be absent: long enough for a proxy or an aggregated API to come to itself,
 * because emptying the picture withdraws routes.
 */
const confirmMs = 3_000;

export class Pacer {
  readonly #random: () => number;
  /** Where an answer costs the API server work: 0.8 s to 30 s, as client-go does. */
  readonly #backoff: Backoff;
  /**
   * Where nobody answers: 0.8 s to 2 s. A refused connection costs a server that is down nothing, one that is up next
   * to nothing, and a picture that is out of date costs traffic: the first change is to be seen within 3 s of the
   * server's return.
   */
  readonly #reconnect: Backoff;
  /** While the API does not know the kind: 1 s to 5 s. */
  readonly #absent: Backoff;
  /** The API has answered since the last pause: what broke after that costs it work. */
  #answered = false;

  /** @param random 0 ≤ x < 1, to keep 500 agents from coming back at once */
  constructor(random: () => number) {
    this.#random = random;
    this.#backoff = new Backoff({ initialMs: 800, maxMs: 30_000, random });
    this.#reconnect = new Backoff({ initialMs: 800, maxMs: 2_000, random });
    this.#absent = new Backoff({ initialMs: 1_000, maxMs: 5_000, random });
  }

  delayMs(pace: Pace): number {
    const answered = this.#answered;
    this.#answered = false;
    switch (pace.t) {
      case "reconnect":
        return answered ? this.#backoff.next() : this.#reconnect.next();
      case "backoff":
        return this.#backoff.next();
      case "confirm":
        return confirmMs;
      case "told":
        // Never earlier than told; and what is told to all must not bring all back in the same instant.
        return pace.ms * (1 + 0.2 * this.#random());
    }
  }

  absentMs(): number {
    return this.#absent.next();
  }

  /** The API answered, if only to refuse. */
  answered(): void {
    this.#answered = true;
    this.#reconnect.reset();
  }

  /** The API served the kind. */
  served(): void {
    this.#absent.reset();
  }

  /** A watch told something: all is well. */
  progressed(): void {
    this.#backoff.reset();
  }
}
