// What a speaker has to bring along to be tried: itself, its engine, and a neighbour who tells what it was told.
import type { BgpInstance, Engine } from "../../../../agent/engine/contract.ts";
import type { Address } from "../../../../agent/model/address.ts";
import type { Peer } from "../../../../agent/model/peer.ts";
import type { Prefix } from "../../../../agent/model/prefix.ts";

/** The speaker under test, and what happens to daemons. */
export interface Speaker {
  /** Can it be given another instance while it runs? If not, somebody has to restart it. */
  readonly takesAnotherInstance: boolean;
  /** Does it come back from its end with the routes and sessions that it had, out of files? */
  readonly remembers: boolean;
  /** What neighbours get as the MED of a route that has none: it counts as 0 to them (RFC 4271 §9.1.2.2). */
  readonly medOfNone: 0 | null;

  /** A driver that knows nothing of earlier ones, as a restarted agent has it. */
  engine(): Engine;

  /** Resolves when it can be opened. */
  start(): Promise<void>;
  /** Without a word: kill -9. Its socket stays behind as a file that nobody listens on. */
  kill(): Promise<void>;
  /** As a shutdown does, with SIGTERM; resolves when it has ended. */
  terminate(): Promise<void>;
  /** Resolves when it answers nobody any more. */
  freeze(): Promise<void>;
  thaw(): void;
  /** While it is down: as on a node where it never ran, without a socket or anything that it remembers. */
  wipe(): Promise<void>;
  /** Takes a route out of the speaker, behind the engine's back. */
  deleteRoute(prefix: Prefix): Promise<void>;
  /** All that is written for it on disk, where something is; null: nothing is. */
  written(): string | null;
  /** Puts a route into the speaker, behind the engine's back, that the agent would never make. */
  addForeignRoute(prefix: Prefix): Promise<void>;
}

export interface EngineRig extends Speaker {
  readonly instance: BgpInstance;
  /** The speaker's own addresses. */
  readonly own: { readonly ipv4: Address; readonly ipv6: Address; readonly secondIpv4: Address };
  /** The witness, over an IPv4 session and over an IPv6 session; iBGP. */
  readonly peers: { readonly ipv4: Peer; readonly ipv6: Peer };
  /** The witness in another AS, of four octets, at an IPv4 address of its own; and more than one hop away. */
  readonly external: Peer;
  readonly distant: Peer;
  readonly witness: Witness;
  dispose(): Promise<void>;
}

/** A neighbour's view. */
export interface Witness {
  /**
   * From now on it has a session as this peer is asked for, whoever else it had at that address; other sessions notice
   * nothing. At the beginning of each test it has those of the rig.
   *
   * @param options `helps`: it keeps routes while the speaker restarts, if that asks for it; default true
   */
  expect(peer: Peer, options?: { readonly helps?: boolean }): Promise<void>;
  /** Sessions as at the beginning, nothing sent. */
  reset(): Promise<void>;
  /** Ends the session with this peer by a NOTIFICATION, and takes it up again. */
  hangUp(peer: Peer): Promise<void>;
  /** What it knows over the session with this peer. */
  routes(peer: Peer): Promise<ReadonlyMap<string, SeenRoute>>;
  /** Changes of routes that came over this session since it is established, those that changed nothing among them. */
  taken(peer: Peer): Promise<number>;
  /** Does BFD say that the peer is up? */
  bfdIsUp(peer: Peer): Promise<boolean>;
  /** From now on `events` and `losses` begin here. */
  mark(): void;
  /** What came over that session, or over all, since the mark, in the order of each session; losing one removes its routes. */
  events(peer?: Peer): readonly SeenEvent[];
  /** Names of the peers whose sessions ended since the mark, in order. */
  losses(): readonly string[];
  /** Sends these prefixes, and no others, over every session; resolves when the speaker has got them. */
  send(prefixes: readonly Prefix[]): Promise<void>;
}

export interface SeenRoute {
  readonly nextHop: string;
  readonly asPath: string;
  readonly origin: string;
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
