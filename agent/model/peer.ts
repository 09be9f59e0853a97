// A BGP neighbour of this node, and all that its session is asked for.
import type { Address } from "./address.ts";
import type { Asn } from "./asn.ts";
import { sameSecret } from "./secret.ts";
import type { Secret } from "./secret.ts";

/** What a session is asked for, beside whom it is with. */
export interface SessionSettings {
  readonly holdTimeSeconds: number;
  readonly keepaliveSeconds: number;
  /** Of the TCP MD5 signature (RFC 2385); null: none. */
  readonly password: Secret | null;
  /** From where the TCP connection goes out; null: as the node's routes choose. */
  readonly sourceAddress: Address | null;
  /** An external neighbour may be more than one hop away. */
  readonly multihop: boolean;
  /** Packets from further away than so many hops are dropped (GTSM, RFC 5082); null: not checked. */
  readonly ttlSecurityHops: number | null;
  /** How often the local AS number may stand in the AS_PATH of a route that the neighbour sends. */
  readonly allowedLocalAsns: number;
  /** Restart time that is offered (RFC 4724); null: graceful restart is not. */
  readonly gracefulRestartSeconds: number | null;
  /** Interval of BFD control packets (RFC 5880), detection after three; null: no BFD. */
  readonly bfdIntervalMs: number | null;
}

export interface Peer extends SessionSettings {
  /** Name of the BGPPeer object. */
  readonly name: string;
  readonly address: Address;
  /** TCP port of the neighbour. */
  readonly port: number;
  readonly asn: Asn;
  readonly localAsn: Asn;
}

/** A session with nothing special asked for: a dead neighbour is noticed after 9 s (RFC 4271 §10: a third is the keepalive). */
export const plainSession: SessionSettings = {
  holdTimeSeconds: 9,
  keepaliveSeconds: 3,
  password: null,
  sourceAddress: null,
  multihop: false,
  ttlSecurityHops: null,
  allowedLocalAsns: 0,
  gracefulRestartSeconds: null,
  bfdIntervalMs: null,
};

/** States of the BGP session (RFC 4271 §8.2.2), in lower case. */
export type SessionState = "idle" | "connect" | "active" | "opensent" | "openconfirm" | "established";

export const sessionStates = [
  "idle",
  "connect",
  "active",
  "opensent",
  "openconfirm",
  "established",
] as const satisfies readonly SessionState[];

/** What makes a session the one it is. The name does not matter to a speaker. */
type SessionField = Exclude<keyof Peer, "name">;

/** A table, so that a new field does not compile until it is compared. */
const compared = {
  address: true,
  port: true,
  asn: true,
  localAsn: true,
  holdTimeSeconds: true,
  keepaliveSeconds: true,
  password: true,
  sourceAddress: true,
  multihop: true,
  ttlSecurityHops: true,
  allowedLocalAsns: true,
  gracefulRestartSeconds: true,
  bfdIntervalMs: true,
} as const satisfies Record<SessionField, true>;

const isField = (name: string): name is SessionField => name in compared;
const sessionFields = Object.keys(compared).filter(isField);

/** In what the sessions with both differ; empty: the speaker would run the same one for either. */
export function peerDifferences(a: Peer, b: Peer): readonly SessionField[] {
  return sessionFields.filter((field) =>
    field === "password" ? !sameSecret(a.password, b.password) : a[field] !== b[field],
  );
}

export function samePeer(a: Peer, b: Peer): boolean {
  return peerDifferences(a, b).length === 0;
}
