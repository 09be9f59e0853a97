// A time after which something is due; setting it again moves it.
import type { Clock } from "../time/clock.ts";

export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #cancel: (() => void) | null = null;
  #due = false;

  /** @param ring called when the alarm falls due, to wake whoever takes it. */
  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  set(ms: number): void {
    this.clear();
    this.#cancel = this.#clock.schedule(ms, () => {
      this.#cancel = null;
      this.#due = true;
      this.#ring();
    });
  }

  /** It is set and has not fallen due. */
  get pending(): boolean {
    return this.#cancel !== null;
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#due = false;
  }

  /** Whether it has fallen due since it was set; asking once answers it. */
  take(): boolean {
    const due = this.#due;
    this.#due = false;
    return due;
  }
}
