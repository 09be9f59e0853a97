// A BGP neighbour of this node.
import type { Address } from "./address.ts";
import type { Asn } from "./asn.ts";

export interface Peer {
  /** Name of the BGPPeer object. */
  readonly name: string;
  readonly address: Address;
  /** TCP port of the neighbour. */
  readonly port: number;
  readonly asn: Asn;
  readonly localAsn: Asn;
  readonly holdTimeSeconds: number;
  readonly keepaliveSeconds: number;
}

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

/** Would the speaker run the same session for both? The name does not matter to it. */
export function samePeer(a: Peer, b: Peer): boolean {
  return (
    a.address === b.address &&
    a.port === b.port &&
    a.asn === b.asn &&
    a.localAsn === b.localAsn &&
    a.holdTimeSeconds === b.holdTimeSeconds &&
    a.keepaliveSeconds === b.keepaliveSeconds
  );
}
