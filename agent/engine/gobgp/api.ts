// What the driver asks of gobgpd, in words that the versions of its API share. Each version is a folder beside this
// file: `v3/` now; v4 numbers its enumerations anew and moves some fields, but takes the same path bytes.
import type { Address } from "../../model/address.ts";
import type { Family } from "../../model/family.ts";
import type { Peer } from "../../model/peer.ts";
import type { BgpInstance, EngineError, PeerStatus, RunningInstance } from "../contract.ts";
import type { Subscription } from "./rpc.ts";

/** One path of the global table: NLRI and attributes are the bytes of a BGP UPDATE message. */
export interface WirePath {
  readonly family: Family;
  readonly nlri: Uint8Array;
  /** Empty for a withdrawal, which the NLRI alone identifies. */
  readonly attributes: readonly Uint8Array[];
}

/** What gobgpd is told to do with one path. */
export interface PathChange extends WirePath {
  readonly withdraw: boolean;
}

/** A configured neighbour. */
export interface Session {
  /** null: it is set up as no peer of ours would be. */
  readonly peer: Peer | null;
  readonly status: PeerStatus;
}

/** Every call rejects with an EngineError. */
export interface GobgpApi {
  readonly version: string;

  /** null: BGP is not started; the daemon holds nothing. */
  instance(): Promise<RunningInstance | null>;
  start(instance: BgpInstance): Promise<void>;
  /** Ends all sessions and forgets all routes. */
  stop(): Promise<void>;

  /**
   * Makes sure that no route from a peer enters the table, while the daemon's own ones do. Must be in force before the
   * first path and the first peer. Idempotent; costs no session.
   */
  refuseReceived(): Promise<void>;

  /** A changed path replaces the old one; withdrawing what is not there is fine. */
  changePath(change: PathChange): Promise<void>;
  /** Many, in order and as one stream. One bad path fails the call: then any number of them may be missing. */
  changePaths(changes: readonly PathChange[]): Promise<void>;
  /** The paths that the daemon originates; received ones are left out. */
  originated(family: Family): Promise<readonly WirePath[]>;
  /** Number of paths in the table, where none is received. */
  count(family: Family): Promise<number>;

  /** Neighbours known by something else than an address are left out. */
  sessions(): Promise<readonly Session[]>;
  addSession(peer: Peer): Promise<void>;
  removeSession(address: Address): Promise<void>;

  /**
   * Follows session changes, beginning with the states as they are; resolves when it does. `ended` is told once when
   * the daemon is gone. Counters are not part of the news.
   */
  watch(changed: (status: PeerStatus) => void, ended: (error: EngineError) => void): Promise<Subscription>;
}
