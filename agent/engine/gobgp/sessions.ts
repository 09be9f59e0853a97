// Neighbours as gobgpd has them, from and to our peers.
import { parseAddress } from "../../model/address.ts";
import { parseAsn } from "../../model/asn.ts";
import { families } from "../../model/family.ts";
import type { Family } from "../../model/family.ts";
import { plainSession, sessionStates } from "../../model/peer.ts";
import type { Peer } from "../../model/peer.ts";
import type { PeerStatus } from "../contract.ts";
import type { Peer as Neighbour } from "./proto/gobgp.pb.ts";
import { familyNumbers, familyOfNumbers } from "./families.ts";

/** A configured neighbour. */
export interface Session {
  /** null: it is set up as no peer of ours would be. */
  readonly peer: Peer | null;
  readonly status: PeerStatus;
}

/** gobgpd 3.10 takes nothing below 5 s for what it calls connect-retry. */
const connectRetrySeconds = 5n;

/** A neighbour as AddPeer takes it. */
export function toNeighbour(peer: Peer) {
  return {
    conf: {
      neighborAddress: peer.address,
      peerAsn: peer.asn,
      localAsn: peer.localAsn,
      description: peer.name,
    },
    timers: {
      config: {
        connectRetry: connectRetrySeconds,
        holdTime: BigInt(peer.holdTimeSeconds),
        keepaliveInterval: BigInt(peer.keepaliveSeconds),
      },
    },
    transport: { remotePort: peer.port },
    afiSafis: families.map((family) => ({ config: { family: familyNumbers[family], enabled: true } })),
  };
}

/** null: a neighbour known by an interface, not an address. */
export function fromNeighbour(peer: Neighbour): Session | null {
  const status = statusOf(peer);
  return status === null ? null : { peer: asOurs(peer, status), status };
}

/** null: the message is about no neighbour, as some events are. */
export function statusOf(peer: Neighbour): PeerStatus | null {
  const address = parseAddress(peer.conf?.neighborAddress ?? "");
  if (address === null) return null;
  // UNKNOWN is 0, IDLE 1, and so on in the order of RFC 4271.
  const state = sessionStates[(peer.state?.sessionState ?? 1) - 1] ?? "idle";
  const uptime = peer.timers?.state?.uptime;
  const advertised: Partial<Record<Family, number>> = {};
  for (const { state: counters } of peer.afiSafis) {
    const family = familyOfNumbers(counters?.family);
    if (counters !== undefined && family !== null) advertised[family] = Number(counters.advertised);
  }
  return {
    address,
    asn: parseAsn(peer.conf?.peerAsn),
    state,
    establishedAtMs:
      state === "established" && uptime !== undefined
        ? Number(uptime.seconds) * 1000 + Math.floor(uptime.nanos / 1e6)
        : null,
    lastError: null,
    negotiated: null,
    advertised,
    accepted: {},
  };
}

function asOurs(peer: Neighbour, { address, asn }: PeerStatus): Peer | null {
  const localAsn = parseAsn(peer.conf?.localAsn);
  const timers = peer.timers?.config;
  const port = peer.transport?.remotePort;
  if (asn === null || localAsn === null || timers === undefined || port === undefined) return null;
  if (isForeign(peer)) return null;
  return {
    name: peer.conf?.description ?? "",
    address,
    port,
    asn,
    localAsn,
    ...plainSession,
    holdTimeSeconds: Number(timers.holdTime),
    keepaliveSeconds: Number(timers.keepaliveInterval),
  };
}

/** Is it set up with something that no peer of ours has? */
function isForeign({ conf, ...peer }: Neighbour): boolean {
  const enabled = peer.afiSafis
    .filter(({ config }) => config?.enabled === true)
    .map(({ config }) => familyOfNumbers(config?.family));
  return (
    conf === undefined ||
    conf.authPassword !== "" ||
    conf.peerGroup !== "" ||
    conf.neighborInterface !== "" ||
    conf.vrf !== "" ||
    conf.adminDown ||
    peer.transport?.passiveMode === true ||
    peer.ebgpMultihop?.enabled === true ||
    peer.routeReflector?.routeReflectorClient === true ||
    peer.routeServer?.routeServerClient === true ||
    peer.gracefulRestart?.enabled === true ||
    peer.ttlSecurity?.enabled === true ||
    enabled.length !== families.length ||
    !families.every((family) => enabled.includes(family))
  );
}
