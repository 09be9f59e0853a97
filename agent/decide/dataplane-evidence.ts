// What the proxy's answers prove: that it has what a route stands on.
import type { SyncAnswers } from "../model/dataplane.ts";
import type { Family } from "../model/family.ts";

/** One moment on both clocks: the wall's to compare with the proxy's, the other for durations. In ms. */
export interface Moment {
  readonly epochMs: number;
  readonly monotonicMs: number;
}

/** What the proxy has answered, and when it was asked. */
export interface Told extends SyncAnswers {
  readonly askedAt: Moment;
}

/**
 * The proxy watches the same API, and may have heard of a change and synced before we heard of it. Then no other sync
 * follows. So when the last sync is not more than `leadMs` older than the change, and `quietMs` later it is still the
 * last one, it had the change: an idle kube-proxy syncs at once, a busy one 1 s after the sync before (minSyncPeriod).
 */
export const ahead = { leadMs: 5_000, quietMs: 3_000 } as const;

/** Two readings of the wall clock may be apart by less than this though nobody has set it. */
const clockToleranceMs = 1_000;

/**
 * Whether the proxy has taken in a change.
 *
 * @param changed when we heard of it
 */
export function hasSynced({ askedAt, ...answers }: Told, family: Family, changed: Moment): boolean {
  const answer = answers[family];
  if (answer.t !== "at") return false;
  const agoMs = askedAt.monotonicMs - changed.monotonicMs;
  const changedMs = changedOnClockOf(answer.ms, changed, askedAt);
  if (answer.ms > changedMs) return true;
  return agoMs >= ahead.quietMs && answer.ms > changedMs - ahead.leadMs;
}

/**
 * When the change was, by the wall clock as it went when the proxy synced. It may have been set back between the two:
 * then a stamp that is yet to come was made before that.
 */
function changedOnClockOf(syncedMs: number, changed: Moment, now: Moment): number {
  const nowOnOldClock = changed.epochMs + now.monotonicMs - changed.monotonicMs;
  const setBackSince = nowOnOldClock > now.epochMs + clockToleranceMs;
  const fromBefore = syncedMs > now.epochMs + clockToleranceMs;
  if (fromBefore) return setBackSince ? changed.epochMs : Infinity;
  return setBackSince ? changed.epochMs - (nowOnOldClock - now.epochMs) : changed.epochMs;
}
