// Time as an argument: everything that waits or stamps takes a Clock, so that tests own it.

export interface Clock {
  /** Milliseconds since the epoch: for stamps, not for durations, as it may be set. */
  now(): number;
  /** Milliseconds since some fixed moment, with fractions: for durations. */
  monotonic(): number;
  /** Calls `action` once after `ms`; the function returned cancels it. */
  schedule(ms: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or at once when the signal aborts: the caller looks at the signal next. */
export function wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.schedule(ms, done);
    signal.addEventListener("abort", done, { once: true });
  });
}
