// Notices a daemon that is frozen: it closes nothing, so nothing but a question without an answer shows it.
import type { Clock } from "../time/clock.ts";

/**
 * Asks again and again; what an answer means is for `ask` to tell. The function returned stops it.
 *
 * @param pauseMs between an answer and the next question
 */
export function startHeartbeat(clock: Clock, pauseMs: number, ask: () => Promise<unknown>): () => void {
  let stopped = false;
  let cancel: () => void;
  const schedule = () => {
    if (stopped) return;
    cancel = clock.schedule(pauseMs, () => void ask().then(schedule, schedule));
  };
  schedule();
  return () => {
    stopped = true;
    cancel();
  };
}
