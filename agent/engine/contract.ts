// What Bellman asks of a BGP speaker. Every driver passes test/integration/engine/conformance.ts.
//
// The caller compares what is wanted with what is held and hands over the difference; a driver never decides.
import type { Address } from "../model/address.ts";
import type { Asn } from "../model/asn.ts";
import type { Family } from "../model/family.ts";
import type { AskedOperation, ImportRule } from "../model/filter.ts";
import type { Peer, SessionState } from "../model/peer.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Problem } from "../model/problem.ts";
import type { Route } from "../model/route.ts";

/** The BGP instance the speaker must run. Another one than before costs every session. */
export interface BgpInstance {
  readonly asn: Asn;
  /** An IPv4 address, unique in the network (RFC 6286). */
  readonly routerId: Address;
  /** Router IDs that will do as well, so that a running instance may keep the one it has. Default none. */
  readonly otherRouterIds?: readonly Address[];
  /** TCP port to accept sessions on; -1: do not listen. */
  readonly listenPort: number;
}

/** Would the running instance do for the one that is wanted? */
export function sameInstance(running: RunningInstance, wanted: BgpInstance): boolean {
  return (
    running.asn === wanted.asn &&
    sameRouterId(running.routerId, wanted) &&
    running.listenPort === wanted.listenPort
  );
}

/** What a speaker tells of the instance it runs; nothing of it is trusted to be valid. */
export interface RunningInstance {
  readonly asn: number;
  readonly routerId: string;
  readonly listenPort: number;
}

export function sameRouterId(routerId: string, wanted: BgpInstance): boolean {
  return [wanted.routerId, ...(wanted.otherRouterIds ?? [])].some((address) => address === routerId);
}

/** Neighbours that a speaker is asked for; routes may be kept from them (`notTo`) and change for them (`variants`). */
export interface WishedPeers {
  readonly peers: readonly Peer[];
  /** What export filters may do to routes on their way to a peer, by its name. Left out: nothing. */
  readonly operations?: ReadonlyMap<string, readonly AskedOperation[]>;
  /** What may be taken from a peer, by its name. Left out: nothing. */
  readonly imports?: ReadonlyMap<string, readonly ImportRule[]>;
  /** Left out or null: not known. */
  readonly instance?: BgpInstance | null;
}

export interface Engine {
  readonly name: "gobgp" | "frr" | "bird" | "memory";

  /** The parts of the wish that this speaker cannot honour, before anything is applied. They are then left out. */
  refusals(wish: WishedPeers): readonly Problem[];

  /** What else is wrong with the speaker now, such as a file that cannot be written: routes and sessions go on. */
  readonly problems?: readonly Problem[];

  /**
   * Connects, makes the speaker run `instance` and reads back what it holds. What the speaker holds from an earlier
   * run of the agent stays untouched, unless it runs another instance: then BGP starts anew, and `restarted` says so.
   *
   * @throws {EngineError} when the speaker cannot be reached or refuses the instance.
   */
  open(instance: BgpInstance, events: EngineEvents, signal: AbortSignal): Promise<EngineLink>;

  /**
   * While the speaker is down: takes what is not wanted any more out of the file that it begins with, and adds nothing.
   * Left out: it begins with nothing. Returns how many routes and sessions are gone.
   *
   * @throws {EngineError} when the file cannot be written
   */
  forget?(wanted: Wanted): Promise<number>;
}

/** What a speaker may begin with. */
export interface Wanted {
  readonly route: (prefix: Prefix) => boolean;
  readonly peer: (address: Address) => boolean;
}

export interface EngineEvents {
  /** The speaker is gone: told once per link, within milliseconds, from the broken stream. The link is dead then. */
  lost(error: EngineError): void;
  /** The state of a session, while `open` is under way and whenever it changes; it carries no counters. */
  session(status: PeerStatus): void;
}

/** A speaker that runs our instance. After `lost` every call rejects with an EngineError. */
export interface EngineLink {
  /** What the speaker says of itself, such as `gobgp v3`. */
  readonly version: string;
  /** The speaker holds nothing, for its BGP was started by us: replay all routes before the first peer is added. */
  readonly fresh: boolean;
  /** Why a running instance had to be given up; null: it was ours, or there was none. */
  readonly restarted: string | null;

  /** Everything the speaker originates and the sessions it is configured with. */
  held(): Promise<Held>;
  /** How many routes the speaker originates: cheap enough for every 10 s. */
  count(): Promise<number>;
  /**
   * Applies a difference: peers that go first, as routes that were kept from them may be kept from nobody next; then
   * announces and changes, withdrawals, and peers that come. An item the speaker refuses does not keep the others from
   * being applied.
   *
   * @throws {EngineError} when the speaker was lost: nothing is known then, read back before the next try.
   */
  apply(change: SpeakerChange): Promise<readonly Rejection[]>;
  /** The sessions as they are now. */
  peers(): Promise<readonly PeerStatus[]>;
  /** Ends the link. `keep` leaves routes and sessions as they are; `withdraw` takes all routes back first. */
  close(mode: "keep" | "withdraw"): Promise<void>;
}

/** Also what is not of our making, so that it can be removed. No sentinels: null equals nothing that is wanted. */
export interface Held {
  /** null: a route with something that no route of ours has. */
  readonly routes: ReadonlyMap<Prefix, Route | null>;
  /** By the neighbour's address; null: a session set up as none of ours would be. */
  readonly peers: ReadonlyMap<Address, Peer | null>;
}

/**
 * A difference between two wishes, in no order: the driver knows the one that hurts least. A peer that changed stands
 * in `removePeers` and in `addPeers`: its session starts anew.
 */
export interface SpeakerChange {
  /** New routes, and routes whose attributes changed: those are replaced without a withdrawal. */
  readonly announce: readonly Route[];
  readonly withdraw: readonly Prefix[];
  readonly addPeers: readonly Peer[];
  readonly removePeers: readonly Address[];
  /** Left out: as before; nothing, since the link was opened. No session notices. A driver that takes nothing ignores it. */
  readonly imports?: Imports;
}

/**
 * All that may be taken, by the neighbour; from others nothing is. Taken routes are nobody's: they stand back behind our
 * own, go to no other neighbour and to no kernel, and are neither held nor counted.
 */
export type Imports = ReadonlyMap<Address, readonly ImportRule[]>;

export interface Rejection {
  readonly item:
    | { readonly t: "route"; readonly prefix: Prefix }
    | { readonly t: "peer"; readonly address: Address }
    /** Nothing is taken from this neighbour. */
    | { readonly t: "imports"; readonly address: Address };
  readonly error: EngineError;
}

export interface PeerStatus {
  /** Neighbour's address; a speaker knows no other name. */
  readonly address: Address;
  readonly asn: Asn | null;
  readonly state: SessionState;
  /** Since when the session is established, in ms since the epoch; null: it is not, or the speaker does not say. */
  readonly establishedAtMs: number | null;
  /** Why the session last ended or did not come up, in the speaker's words; null: it did not say, or never had to. */
  readonly lastError: string | null;
  /** What both sides agreed on; null: the session is not established, or the speaker does not say. */
  readonly negotiated: Negotiated | null;
  /** Routes sent to the neighbour, where the speaker counts them. */
  readonly advertised: Readonly<Partial<Record<Family, number>>>;
  /** Routes taken from the neighbour, where the speaker counts them. */
  readonly accepted: Readonly<Partial<Record<Family, number>>>;
}

/** What OPEN messages of both sides come to (RFC 4271 §4.2, RFC 5492). */
export interface Negotiated {
  readonly holdTimeSeconds: number;
  readonly keepaliveSeconds: number;
  readonly families: readonly Family[];
  /** RFC 6793 */
  readonly fourOctetAsn: boolean;
  /** RFC 4724: the neighbour keeps our routes while the speaker restarts. */
  readonly gracefulRestart: boolean;
}

/** `unreachable`: not there or gone. `timeout`: there, but silent. `refused`: it said no to this item. */
export type EngineErrorCode = "unreachable" | "timeout" | "refused";

/** A message tells what was tried, on which speaker, and what to look at next. */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The speaker cannot listen where it is to: another program does. */
export class PortTakenError extends EngineError {
  override readonly name = "PortTakenError";

  constructor(message: string, options: { cause: unknown }) {
    super("refused", message, options);
  }
}
