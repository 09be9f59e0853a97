// Repeats some work while there is any: at once when asked, then at growing intervals. Nothing runs in between.
import { Backoff } from "../../time/backoff.ts";
import type { Clock } from "../../time/clock.ts";

/** `fast`: something waits for what the work finds. `slow`: it is of use. `none`: it is not. */
export type Pace = "fast" | "slow" | "none";

export interface PollerOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Must not reject. */
  readonly work: (signal: AbortSignal) => Promise<void>;
  /** Asked after each turn: whether and how soon there is another one. */
  readonly pace: () => Pace;
}

/** Between two turns; the first is the least there is, however often one asks. */
const delays = { initialMs: 10, maxMs: 250 } as const;
const slowMs = 10_000;

export class Poller {
  readonly #options: PollerOptions;
  readonly #backoff: Backoff;
  readonly #stopped = new AbortController();
  #running = false;
  #asked = false;
  #wake: (() => void) | null = null;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ ...delays, random: options.random });
  }

  /** A turn is wanted now. */
  ask(): void {
    this.#asked = true;
    this.#backoff.reset();
    if (this.#running) this.#wake?.();
    else if (!this.#stopped.signal.aborted) void this.#run();
  }

  /** Ends the turn under way, and takes no other. */
  stop(): void {
    this.#stopped.abort();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    const { work, pace } = this.#options;
    const { signal } = this.#stopped;
    this.#running = true;
    do {
      this.#asked = false;
      await work(signal);
      const next = pace();
      await this.#rest(next === "slow" ? slowMs : next === "fast" ? this.#backoff.next() : 0);
    } while (!signal.aborted && (this.#wanted() || pace() !== "none"));
    this.#running = false;
  }

  /** What a turn under way has found may be older than the question. */
  #wanted(): boolean {
    return this.#asked;
  }

  async #rest(ms: number): Promise<void> {
    await this.#sleep(delays.initialMs, false);
    if (!this.#asked && ms > delays.initialMs) await this.#sleep(ms - delays.initialMs, true);
  }

  #sleep(ms: number, light: boolean): Promise<void> {
    const { signal } = this.#stopped;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.#wake = null;
        resolve();
      };
      const cancel = this.#options.clock.schedule(ms, done);
      this.#wake = () => {
        if (light || signal.aborted) done();
      };
    });
  }
}
