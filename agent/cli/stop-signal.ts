// SIGTERM and SIGINT as an AbortSignal. The second one ends the process at once.

export interface StopSignal {
  readonly signal: AbortSignal;
  /** Gives the signals back to the process. */
  release(): void;
}

export function stopSignal(): StopSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(1);
    controller.abort();
  };
  for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, stop);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of ["SIGTERM", "SIGINT"] as const) process.off(name, stop);
    },
  };
}
