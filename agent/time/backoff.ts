// How long to wait before the next try.

export interface BackoffOptions {
  /** First delay in ms. */
  readonly initialMs: number;
  /** No delay is longer, jitter aside. */
  readonly maxMs: number;
  /** Growth from one delay to the next. Default 2. */
  readonly factor?: number;
  /** Share of a delay by which chance moves it up or down, 0–1, so that 500 agents do not come back at once. Default 0.2. */
  readonly jitter?: number;
  /** 0 ≤ x < 1. Default Math.random. */
  readonly random?: () => number;
}

export class Backoff {
  readonly #options: Required<BackoffOptions>;
  #baseMs: number;

  constructor(options: BackoffOptions) {
    this.#options = { factor: 2, jitter: 0.2, random: Math.random, ...options };
    this.#baseMs = options.initialMs;
  }

  /** The delay to wait now, in ms; the next one is longer. */
  next(): number {
    const { factor, jitter, maxMs, random } = this.#options;
    const delay = this.#baseMs * (1 + jitter * (2 * random() - 1));
    this.#baseMs = Math.min(this.#baseMs * factor, maxMs);
    return delay;
  }

  /** To be called after a success: the next delay is the first one again. */
  reset(): void {
    this.#baseMs = this.#options.initialMs;
  }
}
