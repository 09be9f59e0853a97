// Neighbours as gobgpd is given them and gives them back, from and to our peers.
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { parseAsn } from "../../model/asn.ts";
import { families } from "../../model/family.ts";
import type { Peer, SessionSettings } from "../../model/peer.ts";
import { Secret } from "../../model/secret.ts";
import { familyNumbers, familyOfNumbers } from "./families.ts";
import type { AfiSafi, Peer as Neighbour } from "./proto/gobgp.pb.ts";

/** gobgpd 3.10 takes nothing below 5 s for what it calls connect-retry. */
const connectRetrySeconds = 5n;

/** How long gobgpd takes no connection after it has reset a session itself, as when BFD tells of a dead link: 30 s unless said. */
const idleAfterResetSeconds = 1n;

/**
 * How long a restarted gobgpd waits for its neighbours' End-of-RIB before it sends its routes. It takes no routes from
 * them, so the shortest time there is: neighbours that are down, or know no graceful restart, would hold the others up.
 */
const deferralSeconds = 1;

/** Largest TTL: what a neighbour on the same link sends with TTL security, and what comes through most hops. */
const maxTtl = 255;

/** BFD packets that may be missed in a row. */
const bfdMultiplier = 3;

/**
 * A neighbour as AddPeer takes it.
 *
 * @param restarting whether gobgpd has just been started, so that neighbours have kept the routes of the one before
 */
export function toNeighbour(peer: Peer, restarting: boolean) {
  const { ttlSecurityHops, gracefulRestartSeconds, bfdIntervalMs } = peer;
  const gracefully = gracefulRestartSeconds !== null;
  return {
    conf: {
      neighborAddress: peer.address,
      peerAsn: peer.asn,
      localAsn: peer.localAsn,
      description: describe(peer),
      authPassword: peer.password?.reveal() ?? "",
      allowOwnAsn: peer.allowedLocalAsns,
    },
    timers: {
      config: {
        connectRetry: connectRetrySeconds,
        holdTime: BigInt(peer.holdTimeSeconds),
        keepaliveInterval: BigInt(peer.keepaliveSeconds),
        idleHoldTimeAfterReset: idleAfterResetSeconds,
      },
    },
    transport: { remotePort: peer.port, localAddress: peer.sourceAddress ?? "" },
    // gobgpd takes one of the two; with TTL security it sends with the largest TTL as well.
    ...(ttlSecurityHops !== null
      ? { ttlSecurity: { enabled: true, ttlMin: maxTtl + 1 - ttlSecurityHops } }
      : { ebgpMultihop: { enabled: peer.multihop, multihopTtl: peer.multihop ? maxTtl : 0 } }),
    ...(gracefulRestartSeconds !== null && {
      gracefulRestart: {
        enabled: true,
        restartTime: gracefulRestartSeconds,
        deferralTime: deferralSeconds,
        localRestarting: restarting,
      },
    }),
    ...(bfdIntervalMs !== null && {
      bfd: {
        enabled: true,
        desiredMinimumTxInterval: bfdIntervalMs * 1000,
        requiredMinimumReceive: bfdIntervalMs * 1000,
        detectionMultiplier: bfdMultiplier,
      },
    }),
    afiSafis: families.map((family) => ({
      config: { family: familyNumbers[family], enabled: true },
      mpGracefulRestart: { config: { enabled: gracefully } },
    })),
  };
}

/** The peer that it was made from; null: it is set up as no peer of ours would be. */
export function fromNeighbour(neighbour: Neighbour): Peer | null {
  const { conf, transport } = neighbour;
  const address = parseAddress(conf?.neighborAddress ?? "");
  const asn = parseAsn(conf?.peerAsn);
  const localAsn = parseAsn(conf?.localAsn);
  const described = parseDescription(conf?.description ?? "");
  if (address === null || asn === null || localAsn === null || transport === undefined || described === null)
    return null;
  if (isForeign(neighbour)) return null;
  const settings = settingsOf(neighbour, described);
  return (
    settings && { name: described.name, address, port: transport.remotePort, asn, localAsn, ...settings }
  );
}

function settingsOf(neighbour: Neighbour, described: Described): SessionSettings | null {
  const { conf, transport, ebgpMultihop, ttlSecurity, gracefulRestart, bfd, afiSafis } = neighbour;
  const timers = neighbour.timers?.config;
  if (conf === undefined || timers === undefined) return null;
  // While the session is up gobgpd tells the address in use, asked for or not.
  const { source } = described;
  if (source !== null && parseAddress(transport?.localAddress ?? "") !== source) return null;
  const gracefully = gracefulRestart?.enabled === true;
  if (afiSafis.some((each) => (each.mpGracefulRestart?.config?.enabled ?? false) !== gracefully)) return null;
  return {
    holdTimeSeconds: Number(timers.holdTime),
    keepaliveSeconds: Number(timers.keepaliveInterval),
    password: conf.authPassword === "" ? null : new Secret(conf.authPassword),
    sourceAddress: source,
    multihop: ebgpMultihop?.enabled === true || described.multihop,
    ttlSecurityHops: ttlSecurity?.enabled === true ? maxTtl + 1 - ttlSecurity.ttlMin : null,
    allowedLocalAsns: conf.allowOwnAsn,
    gracefulRestartSeconds: gracefully ? gracefulRestart.restartTime : null,
    bfdIntervalMs: bfd?.enabled === true ? bfd.desiredMinimumTxInterval / 1000 : null,
  };
}

/** Is it set up with something that no peer of ours has? */
function isForeign({ conf, ...neighbour }: Neighbour): boolean {
  const enabled = neighbour.afiSafis.filter(({ config }) => config?.enabled === true).map(familyOf);
  const { bfd } = neighbour;
  return (
    conf === undefined ||
    conf.peerGroup !== "" ||
    conf.neighborInterface !== "" ||
    conf.vrf !== "" ||
    conf.adminDown ||
    neighbour.transport?.passiveMode === true ||
    neighbour.routeReflector?.routeReflectorClient === true ||
    neighbour.routeServer?.routeServerClient === true ||
    (bfd?.enabled === true &&
      (bfd.detectionMultiplier !== bfdMultiplier ||
        bfd.requiredMinimumReceive !== bfd.desiredMinimumTxInterval)) ||
    enabled.length !== families.length ||
    !families.every((family) => enabled.includes(family))
  );
}

function familyOf({ config }: AfiSafi) {
  return familyOfNumbers(config?.family);
}

/** What the description of a neighbour tells: the peer's name, and what gobgpd does not give back. */
interface Described {
  readonly name: string;
  readonly source: Address | null;
  readonly multihop: boolean;
}

/** Such as `tor1`, or `tor1 from 192.0.2.10 multihop`. */
function describe({ name, sourceAddress, multihop }: Peer): string {
  return [
    name,
    ...(sourceAddress === null ? [] : ["from", sourceAddress]),
    ...(multihop ? ["multihop"] : []),
  ].join(" ");
}

/** null: it is none of ours. */
function parseDescription(text: string): Described | null {
  const words = /^(\S*)(?: from (\S+))?( multihop)?$/.exec(text);
  if (words === null) return null;
  const [, name = "", address, multihop] = words;
  const source = address === undefined ? null : parseAddress(address);
  if (address !== undefined && source === null) return null;
  return { name, source, multihop: multihop !== undefined };
}
