// What a speaker has to bring along to be tried: itself, its engine, and a neighbour who tells what it was told.
import type { BgpInstance, Engine } from "../../../../agent/engine/contract.ts";
import type { Address } from "../../../../agent/model/address.ts";
import type { Peer } from "../../../../agent/model/peer.ts";
import type { Prefix } from "../../../../agent/model/prefix.ts";

export interface EngineRig {
  readonly instance: BgpInstance;
  /** The speaker's own addresses. */
  readonly own: { readonly ipv4: Address; readonly ipv6: Address };
  /** The witness, over an IPv4 session and over an IPv6 session; iBGP. */
  readonly peers: { readonly ipv4: Peer; readonly ipv6: Peer };
  readonly witness: Witness;
  /** Can a running speaker be given another instance? If not, somebody has to restart it. */
  readonly takesAnotherInstance: boolean;

  /** A driver that knows nothing of earlier ones, as a restarted agent has it. */
  engine(): Engine;

  start(): Promise<void>;
  /** Without a word: kill -9. */
  kill(): Promise<void>;
  /** Resolves when it answers nobody any more. */
  freeze(): Promise<void>;
  thaw(): void;
  /** Takes a route out of the speaker, behind the engine's back. */
  deleteRoute(prefix: Prefix): Promise<void>;
  /** Puts a route into the speaker, behind the engine's back, that the agent would never make. */
  addForeignRoute(prefix: Prefix): Promise<void>;
  dispose(): Promise<void>;
}

/** A neighbour's view. */
export interface Witness {
  /** What it knows over the session with this peer. */
  routes(peer: Peer): Promise<ReadonlyMap<string, SeenRoute>>;
  /** From now on `events` begins here. */
  mark(): void;
  /** What came over all sessions, or that with one peer, since the mark, in order; losing a session removes its routes. */
  events(peer?: Peer): readonly SeenEvent[];
  /** Sends these prefixes, and no others, over every session; resolves when the speaker has got them. */
  send(prefixes: readonly Prefix[]): Promise<void>;
}

export interface SeenRoute {
  readonly nextHop: string;
  readonly asPath: string;
  readonly med: number | null;
  readonly localPref: number | null;
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
}

/** `added` for a prefix that is there already is a change without a withdrawal. */
export interface SeenEvent {
  readonly t: "added" | "removed";
  readonly prefix: string;
}
