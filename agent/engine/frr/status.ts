// Sessions as they are, out of bgpd's `show bgp neighbors json`.
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { parseAsn } from "../../model/asn.ts";
import { families } from "../../model/family.ts";
import type { Family } from "../../model/family.ts";
import { sessionStates } from "../../model/peer.ts";
import type { Negotiated, PeerStatus } from "../contract.ts";
import { at, numberAt, textAt } from "./json.ts";

/** What tells all of it. */
export const showNeighbors = "show bgp neighbors json";

const familyKeys = { ipv4: "ipv4Unicast", ipv6: "ipv6Unicast" } as const satisfies Record<Family, string>;

/** @throws {SyntaxError} for text that is no JSON */
export function parseNeighbors(json: string): readonly PeerStatus[] {
  const neighbors: unknown = JSON.parse(json);
  if (typeof neighbors !== "object" || neighbors === null) return [];
  return Object.entries(neighbors).flatMap(([key, neighbor]: [string, unknown]) => {
    const address = parseAddress(key);
    return address === null ? [] : [statusOf(address, neighbor)];
  });
}

/** By neighbour that is established: how many UPDATE messages it was sent. @throws {SyntaxError} */
export function updatesSent(json: string): ReadonlyMap<string, number> {
  const neighbors: unknown = JSON.parse(json);
  if (typeof neighbors !== "object" || neighbors === null) return new Map();
  return new Map(
    Object.entries(neighbors).flatMap(([key, neighbor]: [string, unknown]) =>
      textAt(neighbor, "bgpState") === "Established"
        ? [[key, numberAt(neighbor, "messageStats", "updatesSent") ?? 0] as const]
        : [],
    ),
  );
}

function statusOf(address: Address, neighbor: unknown): PeerStatus {
  const name = textAt(neighbor, "bgpState")?.toLowerCase();
  const state = sessionStates.find((each) => each === name) ?? "idle";
  const established = state === "established";
  const since = numberAt(neighbor, "bgpTimerUpEstablishedEpoch");
  const counters: Record<"advertised" | "accepted", Partial<Record<Family, number>>> = {
    advertised: {},
    accepted: {},
  };
  for (const family of families) {
    const info = at(neighbor, "addressFamilyInfo", familyKeys[family]);
    const [sent, accepted] = [numberAt(info, "sentPrefixCounter"), numberAt(info, "acceptedPrefixCounter")];
    if (established && sent !== null) counters.advertised[family] = sent;
    if (established && accepted !== null) counters.accepted[family] = accepted;
  }
  return {
    address,
    asn: parseAsn(numberAt(neighbor, "remoteAs")),
    state,
    establishedAtMs: established && since !== null ? since * 1000 : null,
    lastError: lastError(neighbor, established),
    negotiated: established ? negotiatedOf(neighbor) : null,
    ...counters,
  };
}

function lastError(neighbor: unknown, established: boolean): string | null {
  const reason = textAt(neighbor, "lastResetDueTo");
  const dropped = numberAt(neighbor, "connectionsDropped") ?? 0;
  if (established && dropped === 0) return null;
  // FRR says so of a session that it has not begun with.
  const opens = ["opensSent", "opensRecv"].map((name) => numberAt(neighbor, "messageStats", name) ?? 0);
  if (dropped === 0 && opens.every((count) => count === 0)) return neverConnected(neighbor);
  const notification = textAt(neighbor, "lastNotificationReason");
  return [reason, notification].filter((part) => part !== null && part !== "").join(": ") || null;
}

/** bgpd keeps to itself what came of its tries to connect. */
function neverConnected(neighbor: unknown): string {
  const guarded = at(neighbor, "authenticationEnabled") === undefined ? "" : ", or none with this password";
  return `no TCP connection to port ${numberAt(neighbor, "portForeign") ?? 179} has come up${guarded}`;
}

function negotiatedOf(neighbor: unknown): Negotiated | null {
  const hold = numberAt(neighbor, "bgpTimerHoldTimeMsecs");
  const keepalive = numberAt(neighbor, "bgpTimerKeepAliveIntervalMsecs");
  const capabilities = at(neighbor, "neighborCapabilities");
  if (hold === null || keepalive === null || capabilities === undefined) return null;
  const both = (value: unknown) => typeof value === "string" && value.startsWith("advertisedAndReceived");
  const speaks = (family: Family) =>
    at(capabilities, "multiprotocolExtensions", familyKeys[family], "advertisedAndReceived") === true;
  return {
    holdTimeSeconds: hold / 1000,
    keepaliveSeconds: keepalive / 1000,
    families: families.filter(speaks),
    fourOctetAsn: both(at(capabilities, "4byteAs")),
    // FRR 8 calls it one thing when both sides have it, and another when one has.
    gracefulRestart: ["gracefulRestart", "gracefulRestartCapability"].some((name) =>
      both(at(capabilities, name)),
    ),
  };
}
