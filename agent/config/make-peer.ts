// The session that a BGPPeer asks for, when all of it is known.
import { familyOf } from "../model/address.ts";
import type { Address } from "../model/address.ts";
import type { Asn } from "../model/asn.ts";
import type { Node } from "../model/node.ts";
import { container } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { plainSession } from "../model/peer.ts";
import type { Secret } from "../model/secret.ts";
import type { GoodPeer } from "./node-config.ts";
import type { PeerDraft } from "./peer-reading.ts";
import type { Endpoint } from "./values.ts";

/** What holds for all sessions of this node. */
export interface SessionOptions {
  /** Restart time where a peer names none; null: graceful restart is not offered. */
  readonly gracefulRestartSeconds: number | null;
  /** null: no BFD. */
  readonly bfdIntervalMs: number | null;
  /** From where sessions of its family go out; null: from the node's InternalIP. */
  readonly localAddress: Address | null;
  /** Networks that this machine is on; null: not known, and every neighbour counts as being on one. */
  readonly onLink: readonly Prefix[] | null;
}

export const plainOptions: SessionOptions = {
  gracefulRestartSeconds: null,
  bfdIntervalMs: null,
  localAddress: null,
  onLink: null,
};

interface Known {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly asn: Asn;
  readonly password: Secret | null;
}

interface Surroundings {
  /** Of the node. */
  readonly localAsn: Asn;
  readonly node: Node | undefined;
  readonly session: SessionOptions;
}

/** @param before as it last was valid */
export function makePeer(
  { name, endpoint, asn, password }: Known,
  draft: PeerDraft,
  before: GoodPeer | undefined,
  { session, node, ...ofNode }: Surroundings,
): GoodPeer {
  const localAsn = draft.localAsn ?? ofNode.localAsn;
  const { gracefulRestartSeconds, bfdIntervalMs } = session;
  const keepaliveSeconds = draft.keepaliveSeconds ?? plainSession.keepaliveSeconds;
  return {
    followsNodeAsn: draft.localAsn === null,
    peer: {
      name,
      address: endpoint.address,
      port: endpoint.port,
      asn,
      localAsn,
      // RFC 4271 §10: three keepalives may be lost.
      holdTimeSeconds: 3 * keepaliveSeconds,
      keepaliveSeconds,
      password,
      sourceAddress:
        draft.source === "None" ? null : chooseSource(endpoint.address, before, node, session.localAddress),
      multihop:
        asn !== localAsn &&
        draft.ttlSecurityHops === null &&
        (isDistant(endpoint.address, session) || wasDistant(endpoint.address, before, session)),
      ttlSecurityHops: draft.ttlSecurityHops,
      allowedLocalAsns: draft.allowedLocalAsns,
      gracefulRestartSeconds:
        gracefulRestartSeconds === null ? null : (draft.restartSeconds ?? gracefulRestartSeconds),
      bfdIntervalMs,
      filters: draft.filters,
    },
  };
}

/** The node's addresses may come in another order: a source stays as long as it is one of them. */
function chooseSource(
  neighbour: Address,
  before: GoodPeer | undefined,
  node: Node | undefined,
  localAddress: Address | null,
): Address | null {
  const ofFamily = (address: Address) => familyOf(address) === familyOf(neighbour);
  if (localAddress !== null && ofFamily(localAddress)) return localAddress;
  const choices = node?.internalIPs.filter(ofFamily) ?? [];
  return choices.find((address) => address === before?.peer.sourceAddress) ?? choices[0] ?? null;
}

/**
 * A network of the machine may come up after the agent: with multihop the session runs as well, so it is not started
 * anew to take that away. BFD does not run with it.
 */
function wasDistant(
  neighbour: Address,
  before: GoodPeer | undefined,
  { bfdIntervalMs }: SessionOptions,
): boolean {
  return before?.peer.multihop === true && before.peer.address === neighbour && bfdIntervalMs === null;
}

function isDistant(neighbour: Address, { onLink }: SessionOptions): boolean {
  return onLink !== null && !onLink.some((prefix) => container(prefix)(neighbour));
}
