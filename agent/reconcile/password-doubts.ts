// Sessions with a password that never get as far as a TCP connection. The kernel of a neighbour with another password
// drops what it is sent without a word (RFC 2385 §4.5), so there is no better sign than silence.
import type { Peer } from "../model/peer.ts";
import type { Problem } from "../model/problem.ts";
import type { Sessions } from "./sessions.ts";

/** gobgpd takes up to nine seconds to try for the first time, and the neighbour tries as well. */
export const doubtAfterMs = 10_000;

/** @param nowMs since the epoch */
export function passwordDoubts(
  peers: readonly Peer[],
  sessions: Pick<Sessions, "get">,
  nowMs: number,
): readonly Problem[] {
  return peers
    .filter(({ password, address }) => {
      const { status = null, sinceMs = null } = sessions.get(address) ?? {};
      const waits = status?.state === "active" || status?.state === "connect";
      return password !== null && waits && sinceMs !== null && nowMs - sinceMs >= doubtAfterMs;
    })
    .map(({ name, address }) => ({
      object: `BGPPeer/${name}`,
      field: "spec.password",
      severity: "warning",
      message: `${address} does not answer; a neighbour with another password, or with none, is as silent as one that is away`,
    }));
}
