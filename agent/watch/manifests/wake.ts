// When to look at a directory again: soon after an edit, once it is quiet, and every now and then in any case.
import type { Clock } from "../../time/clock.ts";

export interface WakeOptions {
  readonly pollMs: number;
  readonly settleMs: number;
}

/** However busy the directory is, an edit waits no longer than this many times `settleMs`. */
const patience = 20;
/** A file that is being written gets this many times `settleMs` to be finished. */
const unsettledPause = 10;

export class Wake {
  readonly #clock: Clock;
  readonly #options: WakeOptions;
  #touched = new Set<string>();
  #stir: () => void = () => undefined;

  constructor(clock: Clock, options: WakeOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** A file was edited; null: the kernel does not say which. */
  touch(name: string | null): void {
    this.#touched.add(name ?? "");
    this.#stir();
  }

  /** Resolves when it is time for the next look, with the names edited since the last; at once on abort. */
  async next(unsettled: boolean, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const { pollMs, settleMs } = this.#options;
    if (this.#touched.size === 0) await this.#stirred(unsettled ? unsettledPause * settleMs : pollMs, signal);
    for (let round = 0; round < patience && this.#touched.size > 0; round += 1)
      if (!(await this.#stirred(settleMs, signal))) break;
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  /** Waits for the next edit, at most `ms`, or the abort; tells whether there was an edit. */
  #stirred(ms: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (stirred: boolean) => {
        cancel();
        signal.removeEventListener("abort", quit);
        this.#stir = () => undefined;
        resolve(stirred);
      };
      const quit = () => end(false);
      const cancel = this.#clock.schedule(ms, quit);
      this.#stir = () => end(true);
      signal.addEventListener("abort", quit, { once: true });
      if (signal.aborted) quit();
    });
  }
}
