// Sessions as they are: state, since when, what was agreed on, counters.
import { parseAddress } from "../../model/address.ts";
import { parseAsn } from "../../model/asn.ts";
import { families } from "../../model/family.ts";
import type { Family } from "../../model/family.ts";
import { sessionStates } from "../../model/peer.ts";
import type { Negotiated, PeerStatus } from "../contract.ts";
import type { Capability, ReadCapability } from "./capabilities.ts";
import { familyOfNumbers } from "./families.ts";
import type { Peer as Neighbour } from "./proto/gobgp.pb.ts";

/** null: the message is about no neighbour with an address, as some events are. */
export function statusOf(
  neighbour: Neighbour,
  read: ReadCapability,
  lastError: string | null,
): PeerStatus | null {
  const address = parseAddress(neighbour.conf?.neighborAddress ?? "");
  if (address === null) return null;
  // UNKNOWN is 0, IDLE 1, and so on in the order of RFC 4271.
  const state = sessionStates[(neighbour.state?.sessionState ?? 1) - 1] ?? "idle";
  const uptime = neighbour.timers?.state?.uptime;
  const advertised: Partial<Record<Family, number>> = {};
  for (const { state: counters } of neighbour.afiSafis) {
    const family = familyOfNumbers(counters?.family);
    if (counters !== undefined && family !== null) advertised[family] = Number(counters.advertised);
  }
  return {
    address,
    asn: parseAsn(neighbour.conf?.peerAsn),
    state,
    establishedAtMs:
      state === "established" && uptime !== undefined
        ? Number(uptime.seconds) * 1000 + Math.floor(uptime.nanos / 1e6)
        : null,
    lastError,
    negotiated: state === "established" ? negotiatedOf(neighbour, read) : null,
    advertised,
    // What gobgpd counts as accepted it has not judged by the import policy yet.
    accepted: {},
  };
}

/** null: it does not say, as in an event. */
function negotiatedOf({ state, timers }: Neighbour, read: ReadCapability): Negotiated | null {
  const agreed = timers?.state;
  if (state === undefined || agreed === undefined || agreed.negotiatedHoldTime === 0n) return null;
  const local = state.localCap.map(read);
  const remote = state.remoteCap.map(read);
  const both = (t: Capability["t"]) => [local, remote].every((side) => side.some((each) => each?.t === t));
  const speaks = (side: readonly (Capability | null)[], family: Family) =>
    side.some((each) => each?.t === "multiprotocol" && each.family === family);
  return {
    holdTimeSeconds: Number(agreed.negotiatedHoldTime),
    keepaliveSeconds: Number(agreed.keepaliveInterval),
    families: families.filter((family) => speaks(local, family) && speaks(remote, family)),
    fourOctetAsn: both("four-octet-asn"),
    gracefulRestart: both("graceful-restart"),
  };
}
