// What of a session a speaker can be asked for: the rest is a problem of the object that asks, never dropped.
import type { Address } from "../model/address.ts";
import { plainSession } from "../model/peer.ts";
import type { Peer, SessionSettings } from "../model/peer.ts";
import { compareText } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import { Secret } from "../model/secret.ts";
import type { WishedPeers } from "./contract.ts";

type SettingName = keyof SessionSettings;

/** One entry per setting, so that a new one does not compile until each driver has said whether it takes it. */
export type Honours = Readonly<Record<SettingName, boolean>>;

/** Where a setting is written, and what it is called. */
const origins: Readonly<Record<SettingName, { readonly field: string; readonly says: string }>> = {
  holdTimeSeconds: { field: "spec.keepaliveTime", says: "another hold time" },
  keepaliveSeconds: { field: "spec.keepaliveTime", says: "another keepalive time" },
  password: { field: "spec.password", says: "a password" },
  sourceAddress: { field: "spec.sourceAddress", says: "a source address" },
  multihop: { field: "spec.peerIP", says: "an external neighbour more than one hop away" },
  ttlSecurityHops: { field: "spec.ttlSecurity", says: "TTL security" },
  allowedLocalAsns: { field: "spec.numAllowedLocalASNumbers", says: "the local AS number in received paths" },
  gracefulRestartSeconds: { field: "spec.maxRestartTime", says: "graceful restart" },
  bfdIntervalMs: { field: "spec", says: "BFD" },
};

const isSetting = (name: string): name is SettingName => name in origins;
const settingNames = Object.keys(origins).filter(isSetting);

/** A problem for each setting that is asked for and beyond the speaker: without it the session would be another one. */
export function unhonoured(peer: Peer, engine: string, honours: Honours): readonly Problem[] {
  return settingNames
    .filter((name) => !honours[name] && !isPlain(peer, name))
    .map((name) => ({
      object: `BGPPeer/${peer.name}`,
      field: origins[name].field,
      severity: "error",
      message: `${engine} cannot be asked for ${origins[name].says}; the session is not brought up`,
    }));
}

function isPlain(peer: Peer, name: SettingName): boolean {
  const value = peer[name];
  return !(value instanceof Secret) && value === plainSession[name];
}

/** Of a speaker that takes nothing from anybody: each peer's filter that accepts something on import. */
export function nothingTaken({ peers, imports }: WishedPeers, engine: string): readonly Problem[] {
  return peers.flatMap((peer) => {
    const accepting = (imports?.get(peer.name) ?? []).filter(({ rule }) => rule.action.t === "accept");
    return [...new Map(accepting.map(({ field, filter }) => [field, filter]))].map(
      ([field, filter]): Problem => ({
        object: `BGPPeer/${peer.name}`,
        field,
        severity: "warning",
        message: `${engine} is not asked to take what BGPFilter/${filter} accepts on import: nothing is taken from this peer`,
      }),
    );
  });
}

/** Of several peers with one address the first by name has the session: a problem for each of the others. */
export function sameAddressProblems(peers: readonly Peer[], engine: string): readonly Problem[] {
  const taken = new Map<Address, string>();
  return [...peers]
    .sort((a, b) => compareText(a.name, b.name))
    .flatMap((peer): readonly Problem[] => {
      const other = taken.get(peer.address);
      if (other === undefined) {
        taken.set(peer.address, peer.name);
        return [];
      }
      return [
        {
          object: `BGPPeer/${peer.name}`,
          field: "spec.peerIP",
          severity: "error",
          message: `${engine} tells neighbours apart by address only, and BGPPeer/${other} has ${peer.address} already: no session for this one`,
        },
      ];
    });
}
