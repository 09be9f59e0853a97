// Waiting for a condition with a deadline: what tests and the lab do instead of sleeping.
import { setTimeout as sleep } from "node:timers/promises";

export interface UntilOptions {
  /** Default 10 s. */
  readonly timeoutMs?: number;
  /** Between two looks. Default 20 ms. */
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Looks until `look` returns something other than undefined, false or null, and returns that.
 *
 * @throws after the deadline, naming `what` was waited for and the last error that `look` threw.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20, signal }: UntilOptions = {},
): Promise<Exclude<T, undefined | false | null>> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== false && found !== null)
        return found as Exclude<T, undefined | false | null>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    signal?.throwIfAborted();
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause });
    await sleep(everyMs, undefined, { signal });
  }
}
