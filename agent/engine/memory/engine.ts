// The engine for tests: the contract over a speaker in memory, with nothing left out.
import type { Address } from "../../model/address.ts";
import { familyOf } from "../../model/address.ts";
import type { Peer } from "../../model/peer.ts";
import { prefixFamily } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import type { Problem } from "../../model/problem.ts";
import type { Route } from "../../model/route.ts";
import { EngineError, sameInstance } from "../contract.ts";
import type {
  BgpInstance,
  Engine,
  EngineEvents,
  EngineLink,
  Held,
  Imports,
  PeerStatus,
  Rejection,
  SpeakerChange,
  WishedPeers,
} from "../contract.ts";
import { unhonoured } from "../honours.ts";
import type { Honours } from "../honours.ts";
import { LinkLife } from "../link-life.ts";
import type { Attached, MemorySpeaker } from "./speaker.ts";

/** It takes note of all that a session is asked for, and plays what of it shows in memory. */
const allHonours: Honours = {
  holdTimeSeconds: true,
  keepaliveSeconds: true,
  password: true,
  sourceAddress: true,
  multihop: true,
  ttlSecurityHops: true,
  allowedLocalAsns: true,
  gracefulRestartSeconds: true,
  bfdIntervalMs: true,
};

export class MemoryEngine implements Engine {
  readonly name = "memory";
  readonly #speaker: MemorySpeaker;
  readonly #honours: Honours;
  /** Peers by name that it says it cannot honour, with the reason. */
  readonly #unable = new Map<string, string>();
  #inert: string | null = null;
  #imports: Imports = new Map();
  #importsRefused: string | null = null;

  /** @param honours what it says it can honour; default everything */
  constructor(speaker: MemorySpeaker, honours: Partial<Honours> = {}) {
    this.#speaker = speaker;
    this.#honours = { ...allHonours, ...honours };
  }

  /** From now on the peer of this name is beyond what the engine can do. */
  cannotHonour(name: string, message: string): void {
    this.#unable.set(name, message);
  }

  /** From now on it can change no route on its way to a peer. */
  cannotOperate(message: string): void {
    this.#inert = message;
  }

  /** What may be taken from neighbours; in memory they send nothing. */
  get imports(): Imports {
    return this.#imports;
  }

  /** From now on it says no to what may be taken; null: it does not any more. */
  refuseImports(message: string | null): void {
    this.#importsRefused = message;
  }

  #take(imports: Imports): readonly Rejection[] {
    const refused = this.#importsRefused;
    this.#imports = refused === null ? imports : new Map();
    if (refused === null) return [];
    const error = new EngineError("refused", refused);
    return [...imports.keys()].map((address) => ({ item: { t: "imports", address }, error }));
  }

  refusals({ peers, operations }: WishedPeers): readonly Problem[] {
    return peers.flatMap((peer) => {
      const object = `BGPPeer/${peer.name}`;
      const message = this.#unable.get(peer.name);
      const asked = this.#inert === null ? [] : (operations?.get(peer.name) ?? []);
      return [
        ...this.#beyond(peer),
        ...(message === undefined ? [] : [{ object, field: "spec", severity: "error", message } as const]),
        ...asked.map(({ field, filter, operation }): Problem => {
          const says = `${filter} ${operation.t}: ${this.#inert ?? ""}`;
          return { object, field, severity: "error", message: says };
        }),
      ];
    });
  }

  async open(instance: BgpInstance, events: EngineEvents, signal: AbortSignal): Promise<EngineLink> {
    const speaker = this.#speaker;
    await speaker.answers();
    if (signal.aborted)
      throw new EngineError("unreachable", "the memory speaker is not asked any more: the agent stops");
    const running = speaker.instance;
    const restarted = running === null ? null : difference(running, instance);
    if (restarted !== null) speaker.forget();
    speaker.run(instance);
    this.#imports = new Map();
    return new MemoryLink(speaker, events, signal, {
      fresh: running === null || restarted !== null,
      restarted,
      beyond: (peer) => this.#beyond(peer),
      take: (imports) => this.#take(imports),
    });
  }

  #beyond(peer: Peer): readonly Problem[] {
    return unhonoured(peer, "memory", this.#honours);
  }
}

interface MemoryOpened {
  readonly fresh: boolean;
  readonly restarted: string | null;
  /** What of the peer cannot be honoured. */
  readonly beyond: (peer: Peer) => readonly Problem[];
  readonly take: (imports: Imports) => readonly Rejection[];
}

class MemoryLink implements EngineLink, Attached {
  readonly version = "memory";
  readonly fresh: boolean;
  readonly restarted: string | null;
  readonly #speaker: MemorySpeaker;
  readonly #events: EngineEvents;
  readonly #beyond: MemoryOpened["beyond"];
  readonly #take: MemoryOpened["take"];
  readonly #life: LinkLife;

  constructor(speaker: MemorySpeaker, events: EngineEvents, signal: AbortSignal, opened: MemoryOpened) {
    this.#speaker = speaker;
    this.#beyond = opened.beyond;
    this.#take = opened.take;
    this.#events = events;
    const abandon = () => this.#life.close();
    this.#life = new LinkLife("the memory speaker", () => {
      speaker.detach(this);
      signal.removeEventListener("abort", abandon);
    });
    this.fresh = opened.fresh;
    this.restarted = opened.restarted;
    signal.addEventListener("abort", abandon, { once: true });
    speaker.attach(this);
  }

  held(): Promise<Held> {
    return this.#ask(() => ({ routes: new Map(this.#speaker.routes), peers: this.#speaker.peers }));
  }

  count(): Promise<number> {
    return this.#ask(() => this.#speaker.routes.size);
  }

  peers(): Promise<readonly PeerStatus[]> {
    return this.#ask(() => this.#speaker.statuses());
  }

  apply(change: SpeakerChange): Promise<readonly Rejection[]> {
    return this.#ask(() => [
      ...(change.imports === undefined ? [] : this.#take(change.imports)),
      ...change.removePeers.flatMap((address) =>
        attempt(peerItem(address), () => this.#speaker.removePeer(address)),
      ),
      ...change.announce.flatMap((route) => attempt(routeItem(route.prefix), () => this.#announce(route))),
      ...change.withdraw.flatMap((prefix) =>
        attempt(routeItem(prefix), () => this.#speaker.withdraw(prefix)),
      ),
      ...change.addPeers.flatMap((peer) => attempt(peerItem(peer.address), () => this.#addPeer(peer))),
    ]);
  }

  async close(mode: "keep" | "withdraw"): Promise<void> {
    try {
      if (mode === "withdraw" && this.#life.up)
        await this.#ask(() => {
          for (const prefix of [...this.#speaker.routes.keys()]) this.#speaker.withdraw(prefix);
        });
    } finally {
      this.#life.close();
    }
  }

  lose(error: EngineError): void {
    if (this.#life.lose(error)) this.#events.lost(error);
  }

  session(status: PeerStatus): void {
    this.#events.session(status);
  }

  #addPeer(peer: Peer): void {
    const [problem] = this.#beyond(peer);
    if (problem !== undefined) throw new EngineError("refused", problem.message);
    this.#speaker.addPeer(peer);
  }

  #announce(route: Route): void {
    if (route.nextHop !== null && familyOf(route.nextHop) !== prefixFamily(route.prefix))
      throw new EngineError(
        "refused",
        `${route.prefix} cannot have the next hop ${route.nextHop}: it is of the other address family`,
      );
    this.#speaker.announce(route);
  }

  async #ask<T>(work: () => T): Promise<T> {
    this.#life.mustBeUp();
    try {
      await this.#speaker.answers();
    } catch (error) {
      if (error instanceof EngineError) this.lose(error);
      throw error;
    }
    this.#life.mustBeUp();
    return work();
  }
}

function attempt(item: Rejection["item"], work: () => void): readonly Rejection[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof EngineError) return [{ item, error }];
    throw error;
  }
}

function routeItem(prefix: Prefix): Rejection["item"] {
  return { t: "route", prefix };
}

function peerItem(address: Address): Rejection["item"] {
  return { t: "peer", address };
}

/** In words what is running instead of the wish; null: it is the wish. */
function difference(running: BgpInstance, wish: BgpInstance): string | null {
  return sameInstance(running, wish)
    ? null
    : `the memory speaker ran AS ${running.asn} with router ID ${running.routerId}`;
}
