// Tells when a session changes, of a speaker that does not tell by itself: it is asked each second.
import type { Address } from "../model/address.ts";
import type { Clock } from "../time/clock.ts";
import type { PeerStatus } from "./contract.ts";
import { startHeartbeat } from "./heartbeat.ts";

const pauseMs = 1_000;

/**
 * A speaker that is frozen is noticed as well, as `ask` then rejects after a deadline of its own.
 *
 * @param changed told of each neighbour that is new, or whose state, start or last error is another than before
 * @returns what stops it
 */
export function watchSessions(
  clock: Clock,
  ask: () => Promise<readonly PeerStatus[]>,
  changed: (status: PeerStatus) => void,
): () => void {
  let known: ReadonlyMap<Address, PeerStatus> = new Map();
  return startHeartbeat(clock, pauseMs, async () => {
    const statuses = await ask();
    const before = known;
    known = new Map(statuses.map((status) => [status.address, status]));
    for (const status of statuses) if (differs(before.get(status.address), status)) changed(status);
  });
}

function differs(before: PeerStatus | undefined, now: PeerStatus): boolean {
  return (
    before?.state !== now.state ||
    before.lastError !== now.lastError ||
    // Down and up again between two questions. Speakers round it, each time anew.
    Math.abs((before.establishedAtMs ?? 0) - (now.establishedAtMs ?? 0)) > 2 * pauseMs
  );
}
