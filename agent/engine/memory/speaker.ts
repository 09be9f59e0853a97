// A speaker that lives in memory: what a daemon is to the other engines, with hooks to do to it what happens to daemons.
import type { Address } from "../../model/address.ts";
import { families } from "../../model/family.ts";
import { quote } from "../../model/problem.ts";
import { plainSession } from "../../model/peer.ts";
import type { Peer, SessionState } from "../../model/peer.ts";
import type { Prefix } from "../../model/prefix.ts";
import { sameRoute } from "../../model/route.ts";
import type { Route } from "../../model/route.ts";
import { systemClock } from "../../time/clock.ts";
import type { Clock } from "../../time/clock.ts";
import { EngineError } from "../contract.ts";
import type { BgpInstance, Negotiated, PeerStatus } from "../contract.ts";

export interface MemorySpeakerOptions {
  readonly clock?: Clock;
  /** How long a frozen speaker may be silent before it counts as lost. Default 3 s. */
  readonly silenceMs?: number;
}

/** What an established neighbour was told, in order. A `changed` route was not withdrawn meanwhile. */
export interface News {
  readonly t: "announced" | "changed" | "withdrawn";
  readonly to: Address;
  readonly prefix: Prefix;
}

/** Something that is open to the speaker: told of what happens to it. */
export interface Attached {
  lose(error: EngineError): void;
  session(status: PeerStatus): void;
}

/** Why a session with an unreachable neighbour is down. */
const silence = "the neighbour does not answer";

/** `frozen` answers nobody, but nothing is forgotten. */
type Condition =
  { readonly t: "up" } | { readonly t: "down" } | { readonly t: "frozen"; readonly thawed: Promise<void> };

interface Session {
  readonly peer: Peer | null;
  readonly state: SessionState;
  readonly establishedAtMs: number | null;
  /** Why it is not established. */
  readonly why: string | null;
}

export class MemorySpeaker {
  readonly clock: Clock;
  readonly silenceMs: number;
  readonly #attached = new Set<Attached>();
  readonly #routes = new Map<Prefix, Route | null>();
  readonly #sessions = new Map<Address, Session>();
  readonly #refused = new Map<Prefix | Address, string>();
  readonly #unreachable = new Set<Address>();
  #judge: (peer: Peer) => string | null = () => null;
  #condition: Condition = { t: "up" };
  #thaw: () => void = () => undefined;
  #instance: BgpInstance | null = null;
  #news: News[] = [];

  constructor({ clock = systemClock, silenceMs = 3_000 }: MemorySpeakerOptions = {}) {
    this.clock = clock;
    this.silenceMs = silenceMs;
  }

  // What it holds.

  get instance(): BgpInstance | null {
    return this.#instance;
  }

  /** null: a foreign route. */
  get routes(): ReadonlyMap<Prefix, Route | null> {
    return this.#routes;
  }

  /** null: a foreign session. */
  get peers(): ReadonlyMap<Address, Peer | null> {
    return new Map([...this.#sessions].map(([address, { peer }]) => [address, peer]));
  }

  /** What the neighbours were told since the news were last cleared. */
  get news(): readonly News[] {
    return this.#news;
  }

  clearNews(): void {
    this.#news = [];
  }

  /** What one neighbour knows while its session is established: the routes that it may be sent, as it is sent them. */
  seenBy(address: Address): ReadonlyMap<Prefix, Route | null> {
    if (this.#sessions.get(address)?.state !== "established") return new Map();
    const seen = new Map<Prefix, Route | null>();
    for (const [prefix, route] of this.#routes) {
      const sent = sentTo(address, route);
      if (sent !== undefined) seen.set(prefix, sent);
    }
    return seen;
  }

  statuses(): readonly PeerStatus[] {
    return [...this.#sessions.keys()].map((address) => this.#status(address));
  }

  // What happens to daemons.

  start(): void {
    if (this.#condition.t === "down") this.#condition = { t: "up" };
  }

  /** As kill -9: everything is forgotten, who was connected knows at once. */
  kill(): void {
    this.thaw();
    this.#condition = { t: "down" };
    this.forget();
    this.#loseAll(new EngineError("unreachable", "the memory speaker was killed: start it again"));
  }

  freeze(): void {
    if (this.#condition.t !== "up") return;
    const cancel = this.clock.schedule(this.silenceMs, () => this.#loseAll(silent()));
    const thawed = new Promise<void>((resolve) => {
      this.#thaw = () => {
        cancel();
        resolve();
      };
    });
    this.#condition = { t: "frozen", thawed };
  }

  thaw(): void {
    if (this.#condition.t !== "frozen") return;
    this.#condition = { t: "up" };
    this.#thaw();
  }

  /** From now on it says no to this prefix, or to the session with this address. */
  refuse(item: Prefix | Address, reason: string): void {
    this.#refused.set(item, reason);
  }

  accept(item: Prefix | Address): void {
    this.#refused.delete(item);
  }

  /** By hand, behind the agent's back; null makes it a foreign route. */
  setByHand(prefix: Prefix, route: Route | null): void {
    this.#put(prefix, route);
  }

  /** By hand, behind the agent's back. */
  deleteByHand(prefix: Prefix): void {
    this.withdraw(prefix);
  }

  /** The neighbour goes away or comes back; sessions with it follow. */
  setReachable(address: Address, reachable: boolean): void {
    if (reachable) this.#unreachable.delete(address);
    else this.#unreachable.add(address);
    this.#settle(address);
  }

  /** @param judge from now on neighbours take no session that it has something against */
  setNeighbours(judge: (peer: Peer) => string | null): void {
    this.#judge = judge;
    for (const address of this.#sessions.keys()) this.#settle(address);
  }

  /** The neighbour ends the session, and takes it up again at once. */
  hangUp(address: Address, reason: string): void {
    this.#move(address, "idle", reason);
    this.#settle(address);
  }

  /** A session ends, and nobody says why; `explain` does so later. */
  drop(address: Address): void {
    this.#unreachable.add(address);
    this.#move(address, "active", null);
  }

  explain(address: Address, why: string): void {
    const session = this.#sessions.get(address);
    if (session !== undefined) this.#sessions.set(address, { ...session, why });
    for (const link of this.#attached) link.session({ ...this.#status(address), advertised: {} });
  }

  // What engines do with it.

  /** Resolves when it answers. @throws {EngineError} when it is down, or frozen for too long. */
  async answers(): Promise<void> {
    if (this.#condition.t === "frozen") await this.#orSilence(this.#condition.thawed);
    if (this.#condition.t === "down")
      throw new EngineError("unreachable", "the memory speaker is down: start it first");
  }

  attach(link: Attached): void {
    this.#attached.add(link);
    for (const status of this.statuses()) link.session(status);
  }

  detach(link: Attached): void {
    this.#attached.delete(link);
  }

  run(instance: BgpInstance): void {
    this.#instance = instance;
  }

  /** Ends every session and forgets the instance with all it had. */
  forget(): void {
    for (const address of [...this.#sessions.keys()]) this.removePeer(address);
    this.#routes.clear();
    this.#instance = null;
  }

  /** @throws {EngineError} when it is told to refuse the prefix. */
  announce(route: Route): void {
    this.#mustAccept(route.prefix);
    this.#put(route.prefix, route);
  }

  withdraw(prefix: Prefix): void {
    const old = this.#routes.get(prefix);
    if (this.#routes.delete(prefix)) this.#tell(prefix, old, undefined);
  }

  /** @throws {EngineError} when it has a session with that address, or is told to refuse it. */
  addPeer(peer: Peer): void {
    this.#mustAccept(peer.address);
    if (this.#sessions.has(peer.address))
      throw new EngineError("refused", `the memory speaker has a session with ${peer.address} already`);
    this.#sessions.set(peer.address, { peer, state: "idle", establishedAtMs: null, why: null });
    this.#settle(peer.address);
  }

  removePeer(address: Address): void {
    if (!this.#sessions.has(address)) return;
    this.#move(address, "idle", null);
    this.#sessions.delete(address);
  }

  #loseAll(error: EngineError): void {
    for (const link of [...this.#attached]) link.lose(error);
  }

  #put(prefix: Prefix, route: Route | null): void {
    const old = this.#routes.get(prefix);
    if (old != null && route !== null && sameRoute(old, route)) return;
    this.#routes.set(prefix, route);
    this.#tell(prefix, old, route);
  }

  /** As the neighbour has it. */
  #settle(address: Address): void {
    const peer = this.#sessions.get(address)?.peer;
    if (peer === undefined) return;
    const objection = peer === null ? null : this.#judge(peer);
    const why = this.#unreachable.has(address) ? silence : objection;
    this.#move(address, why === null ? "established" : "active", why);
  }

  #move(address: Address, state: SessionState, why: string | null): void {
    const session = this.#sessions.get(address);
    if (session === undefined || session.state === state) return;
    const establishedAtMs = state === "established" ? this.clock.now() : null;
    this.#sessions.set(address, { ...session, state, establishedAtMs, why });
    if (state === "established") this.#tellAll("announced", address);
    else if (session.state === "established") this.#tellAll("withdrawn", address);
    for (const link of this.#attached) link.session({ ...this.#status(address), advertised: {} });
  }

  #tellAll(t: News["t"], to: Address): void {
    for (const [prefix, route] of this.#routes)
      if (sentTo(to, route) !== undefined) this.#news.push({ t, to, prefix });
  }

  /** Each neighbour is told of what changes for itself; undefined: there is no such route. */
  #tell(prefix: Prefix, old: Route | null | undefined, now: Route | null | undefined): void {
    for (const [to, { state }] of this.#sessions) {
      if (state !== "established") continue;
      const [before, after] = [sentTo(to, old), sentTo(to, now)];
      if (before === undefined && after === undefined) continue;
      if (before === undefined) this.#news.push({ t: "announced", to, prefix });
      else if (after === undefined) this.#news.push({ t: "withdrawn", to, prefix });
      else if (before === null || after === null || !sameRoute(before, after))
        this.#news.push({ t: "changed", to, prefix });
    }
  }

  #status(address: Address): PeerStatus {
    const session = this.#sessions.get(address);
    const advertised = { ipv4: 0, ipv6: 0 };
    for (const prefix of this.seenBy(address).keys()) advertised[prefix.includes(":") ? "ipv6" : "ipv4"]++;
    return {
      address,
      asn: session?.peer?.asn ?? null,
      state: session?.state ?? "idle",
      establishedAtMs: session?.establishedAtMs ?? null,
      lastError: session?.why ?? null,
      negotiated: session?.state === "established" ? negotiatedWith(session.peer) : null,
      advertised,
      accepted: {},
    };
  }

  #mustAccept(item: Prefix | Address): void {
    const reason = this.#refused.get(item);
    if (reason !== undefined)
      throw new EngineError("refused", `the memory speaker refused ${quote(item)}: ${reason}`);
  }

  #orSilence(thawed: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock.schedule(this.silenceMs, () => reject(silent()));
      void thawed.then(() => {
        cancel();
        resolve();
      });
    });
  }
}

/** A route as one neighbour is sent it; undefined: it is not. */
function sentTo(address: Address, route: Route | null | undefined): Route | null | undefined {
  if (route == null) return route;
  if (route.notTo.includes(address)) return undefined;
  return {
    ...route,
    notTo: [],
    variants: route.variants.flatMap((variant) =>
      variant.to.includes(address) ? { ...variant, to: [address] } : [],
    ),
  };
}

function silent(): EngineError {
  return new EngineError("timeout", "the memory speaker did not answer in time: is it frozen?");
}

/** The neighbours agree to whatever they are asked for, but for a hold time that is longer than their own. */
function negotiatedWith(peer: Peer | null): Negotiated | null {
  if (peer === null) return null;
  const holdTimeSeconds = Math.min(peer.holdTimeSeconds, plainSession.holdTimeSeconds);
  const keepaliveSeconds = Math.min(peer.keepaliveSeconds, plainSession.keepaliveSeconds);
  const gracefulRestart = peer.gracefulRestartSeconds !== null;
  return { holdTimeSeconds, keepaliveSeconds, families, fourOctetAsn: true, gracefulRestart };
}
