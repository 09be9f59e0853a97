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

/**
 * Whether the proxy has taken in a change.
 *
 * @param changedMs when we heard of it, in ms since the epoch
 * @param began since when we wait
 */
export function hasSynced(answers: Told, family: Family, changedMs: number, began: Moment): boolean {
  const answer = answers[family];
  if (answer.t !== "at") return false;
  if (answer.ms > changedMs) return true;
  const quietMs = answers.askedAt.monotonicMs - began.monotonicMs;
  return quietMs >= ahead.quietMs && answer.ms > changedMs - ahead.leadMs;
}
