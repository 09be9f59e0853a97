// The session that a BGPPeer asks for, when all of it is known.
import type { Asn } from "../model/asn.ts";
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
}

export const plainOptions: SessionOptions = { gracefulRestartSeconds: null, bfdIntervalMs: null };

interface Known {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly asn: Asn;
  readonly password: Secret | null;
}

interface Surroundings {
  /** Of the node. */
  readonly localAsn: Asn;
  readonly session: SessionOptions;
}

export function makePeer(
  { name, endpoint, asn, password }: Known,
  draft: PeerDraft,
  { session, ...node }: Surroundings,
): GoodPeer {
  const localAsn = draft.localAsn ?? node.localAsn;
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
      sourceAddress: null,
      multihop: false,
      ttlSecurityHops: draft.ttlSecurityHops,
      allowedLocalAsns: draft.allowedLocalAsns,
      gracefulRestartSeconds:
        gracefulRestartSeconds === null ? null : (draft.restartSeconds ?? gracefulRestartSeconds),
      bfdIntervalMs,
      filters: draft.filters ?? [],
    },
  };
}
