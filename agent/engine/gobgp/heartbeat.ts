// Notices a daemon that is frozen: it closes nothing, so nothing but a question without an answer shows it.
//
// gRPC's own keepalive is no way: gobgpd takes pings more often than every five minutes for abuse and closes the
// connection after the third.
import type { Clock } from "../../time/clock.ts";

/** Between an answer and the next question. */
const pauseMs = 2_000;

/** Asks again and again; what an answer means is for `ask` to tell. The function returned stops it. */
export function startHeartbeat(clock: Clock, ask: () => Promise<unknown>): () => void {
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
