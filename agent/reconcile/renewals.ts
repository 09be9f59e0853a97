// Sessions that a change starts anew, and why: told before it is applied.
import type { Held, SpeakerChange } from "../engine/contract.ts";
import type { Address } from "../model/address.ts";
import { peerDifferences } from "../model/peer.ts";

export interface Renewal {
  /** Of the BGPPeer. */
  readonly name: string;
  readonly address: Address;
  /** What changed, as it is called where it is written; empty: the speaker had it otherwise, by no doing of ours. */
  readonly changed: readonly string[];
}

type Field = ReturnType<typeof peerDifferences>[number];

const writtenAs: Readonly<Record<Field, string>> = {
  address: "peerIP",
  port: "peerIP",
  asn: "asNumber",
  localAsn: "local AS number",
  holdTimeSeconds: "keepaliveTime",
  keepaliveSeconds: "keepaliveTime",
  password: "password",
  sourceAddress: "source address",
  multihop: "multihop",
  ttlSecurityHops: "ttlSecurity",
  allowedLocalAsns: "numAllowedLocalASNumbers",
  gracefulRestartSeconds: "graceful restart",
  bfdIntervalMs: "BFD",
};

export function renewals(
  { addPeers }: Pick<SpeakerChange, "addPeers">,
  held: Held["peers"],
): readonly Renewal[] {
  return addPeers.flatMap((peer): readonly Renewal[] => {
    const old = held.get(peer.address);
    if (old === undefined) return [];
    const fields = old === null ? [] : peerDifferences(old, peer);
    const changed = [...new Set(fields.map((field) => writtenAs[field]))];
    return [{ name: peer.name, address: peer.address, changed }];
  });
}
