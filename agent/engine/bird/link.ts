// A BIRD that has taken our part of its configuration, as long as its control socket lives.
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import type { Peer } from "../../model/peer.ts";
import { parsePrefix } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import type { Route } from "../../model/route.ts";
import type { Clock } from "../../time/clock.ts";
import type { EngineError } from "../contract.ts";
import type { EngineLink, Held, PeerStatus, Rejection, SpeakerChange } from "../contract.ts";
import { LinkLife } from "../link-life.ts";
import { watchSessions } from "../session-watch.ts";
import { noConnection } from "../no-connection.ts";
import { routesOf } from "./bird.ts";
import type { Bird, Look } from "./bird.ts";
import { Changes } from "./changes.ts";
import type { Configuration } from "./configuration.ts";
import { ours } from "./names.ts";
import { findDetail } from "./protocols.ts";
import type { Protocol } from "./protocols.ts";
import { Stamps } from "./since.ts";
import { statusOf } from "./status.ts";

export interface LinkOptions {
  /** Such as `2.0.12`. */
  readonly version: string;
  readonly bird: Bird;
  readonly configuration: Configuration;
  readonly fresh: boolean;
  readonly restarted: string | null;
  readonly clock: Clock;
  /** Told once, when BIRD is gone. */
  readonly onLost: (error: EngineError) => void;
  readonly onSession: (status: PeerStatus) => void;
  /** Frees the connection; called once, when the link ends in whatever way. */
  readonly release: () => void;
}

export class BirdLink implements EngineLink {
  readonly version: string;
  readonly fresh: boolean;
  readonly restarted: string | null;
  readonly #options: LinkOptions;
  readonly #life: LinkLife;
  readonly #stamps = new Stamps();
  /** By the name of a session that is not up: why it ended, or did not come up, as BIRD said at that moment. */
  readonly #said = new Map<string, string>();
  #stopListening: () => void = () => undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.version = `bird ${options.version}`;
    this.fresh = options.fresh;
    this.restarted = options.restarted;
    this.#life = new LinkLife("BIRD", () => {
      stopWatch();
      this.#stopListening();
      options.release();
    });
    const stopWatch = watchSessions(
      options.clock,
      () => this.peers(),
      (status) => options.onSession(status),
    );
  }

  /** Only what the files say and BIRD has is ours; the rest is missing, or of foreign making. */
  held(): Promise<Held> {
    const { bird, configuration } = this.#options;
    return this.#ask(async () => {
      const { protocols } = await bird.look();
      const prefixes = await bird.prefixes();
      const written = await configuration.read();
      const routes = new Map<Prefix, Route | null>();
      for (const [prefix, route] of written.routes) if (prefixes.delete(prefix)) routes.set(prefix, route);
      for (const text of prefixes) {
        const prefix = parsePrefix(text)?.prefix;
        if (prefix !== undefined) routes.set(prefix, null);
      }
      const peers = new Map<Address, Peer | null>();
      for (const address of sessionsOf(protocols).keys())
        peers.set(address, written.peers.get(address) ?? null);
      return { routes, peers };
    });
  }

  count(): Promise<number> {
    return this.#ask(async () => {
      const { protocols } = await this.#options.bird.look();
      return protocols
        .filter(({ name }) => routesOf(name))
        .flatMap(({ channels }) => channels)
        .reduce((sum, { imported }) => sum + imported, 0);
    });
  }

  apply(change: SpeakerChange): Promise<readonly Rejection[]> {
    return this.#ask(() => new Changes(this.#options.configuration, change).apply());
  }

  peers(): Promise<readonly PeerStatus[]> {
    return this.#ask(async () => {
      const look = await this.#options.bird.look();
      return [...sessionsOf(look.protocols).values()].flatMap(
        (protocol) => this.#status(protocol, look) ?? [],
      );
    });
  }

  /** To be called once, after which is told why sessions end. @throws {EngineError} */
  async listen(): Promise<void> {
    const stop = await this.#options.bird.listen((name, words) => this.#overhear(name, words));
    if (this.#life.up) this.#stopListening = stop;
    else stop();
  }

  /** BIRD has something to say about a session: who waits for news need not wait for the next look. */
  #overhear(name: string, words: string): void {
    this.#said.set(name, words);
    const tell = async () => {
      const { protocols, ...look } = await this.#options.bird.look();
      const protocol = protocols.find((each) => each.name === name);
      const status = protocol === undefined ? null : this.#status(protocol, look);
      if (status !== null && this.#life.up) this.#options.onSession(status);
    };
    // What breaks the link is told by it.
    void tell().catch(() => undefined);
  }

  async close(mode: "keep" | "withdraw"): Promise<void> {
    try {
      if (mode === "withdraw" && this.#life.up) await this.#ask(() => this.#withdrawAll());
    } finally {
      this.#life.close();
    }
  }

  /** The connection broke. */
  lose(error: EngineError): void {
    if (this.#life.lose(error)) this.#options.onLost(error);
  }

  /** Ends the link without a word. */
  abandon(): void {
    this.#life.close();
  }

  #status(protocol: Protocol, { serverTime }: Omit<Look, "protocols">): PeerStatus | null {
    const { clock, configuration } = this.#options;
    const up = protocol.state === "up";
    if (!up) this.#stamps.forget(protocol.name);
    const sinceMs = up ? this.#stamps.read(protocol.name, protocol.since, serverTime, clock.now()) : null;
    const status = statusOf(protocol, sinceMs);
    if (status === null) return null;
    if (status.state === "established") {
      this.#said.delete(protocol.name);
      return status;
    }
    // Soon after, a mere "Connection refused" would stand in its place.
    const lastError = this.#said.get(protocol.name) ?? status.lastError;
    if (lastError !== null) return { ...status, lastError };
    const peer = configuration.pieces.peer(status.address);
    if (peer === undefined || protocol.state !== "start") return status;
    return { ...status, lastError: noConnection(peer.port, peer.password !== null) };
  }

  async #withdrawAll(): Promise<void> {
    const { configuration } = this.#options;
    configuration.pieces.replace([], configuration.pieces.peers);
    configuration.pieces.touch("services");
    await configuration.commit();
  }

  #ask<T>(work: () => Promise<T>): Promise<T> {
    return this.#life.ask(work, (error) => this.lose(error));
  }
}

/** Our sessions by the neighbour's address. */
function sessionsOf(protocols: readonly Protocol[]): ReadonlyMap<Address, Protocol> {
  const sessions = new Map<Address, Protocol>();
  for (const protocol of protocols) {
    if (protocol.kind !== "BGP" || !protocol.name.startsWith(ours)) continue;
    const address = parseAddress(findDetail(protocol.details, "Neighbor address")?.value ?? "");
    if (address !== null) sessions.set(address, protocol);
  }
  return sessions;
}
