// What the files are put together from: one text for each route and each session. Changes can be taken back.
import { familyOf } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import type { Peer } from "../../model/peer.ts";
import { prefixFamily } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import type { Route } from "../../model/route.ts";
import { EngineError } from "../contract.ts";
import { neighborsOf } from "./texts.ts";
import type { Rendering } from "./texts.ts";

export type FileKind = "services" | "peers";

/** Takes a change back. */
export type Undo = () => void;

export class Pieces {
  readonly #rendering: Rendering;
  readonly #routes = { ipv4: new Map<Prefix, string>(), ipv6: new Map<Prefix, string>() };
  /** Of routes that neighbours are told apart by: who they are. */
  readonly #told = new Map<Prefix, readonly Address[]>();
  readonly #peers = new Map<Address, { readonly peer: Peer; readonly text: string }>();
  readonly #changed = new Set<FileKind>();

  constructor(rendering: Rendering) {
    this.#rendering = rendering;
  }

  /** Files that have to be written; `unchanged` empties it. */
  get changed(): ReadonlySet<FileKind> {
    return this.#changed;
  }

  unchanged(): void {
    this.#changed.clear();
  }

  touch(file: FileKind): void {
    this.#changed.add(file);
  }

  get peers(): readonly Peer[] {
    return [...this.#peers.values()].map(({ peer }) => peer);
  }

  /** @throws {EngineError} when BIRD cannot be asked for it */
  setRoute(route: Route): Undo {
    return this.#put(route.prefix, this.#rendering.route(acceptable(route)), neighborsOf(route));
  }

  deleteRoute(prefix: Prefix): Undo {
    return this.#put(prefix, undefined, []);
  }

  peer(address: Address): Peer | undefined {
    return this.#peers.get(address)?.peer;
  }

  /** @throws {EngineError} when BIRD cannot be asked for it */
  setPeer(peer: Peer): Undo {
    const text = this.#rendering.peer(peer);
    return this.#exchange(this.#peers, peer.address, { peer, text }, ["peers", "services"]);
  }

  deletePeer(address: Address): Undo {
    return this.#exchange(this.#peers, address, undefined, ["peers"]);
  }

  /** Takes all that was read back in place of what there is. @throws {EngineError} */
  replace(routes: Iterable<Route>, peers: Iterable<Peer>): void {
    for (const lines of Object.values(this.#routes)) lines.clear();
    this.#told.clear();
    this.#peers.clear();
    for (const route of routes) this.setRoute(route);
    for (const peer of peers) this.setPeer(peer);
    this.#changed.clear();
  }

  /**
   * @param others neighbours that the sessions' file may speak of besides, as BIRD may come to read the two files at
   * any moment while they are written
   */
  services(others: readonly Address[]): string {
    const { ipv4, ipv6 } = this.#routes;
    const told = [...[...this.#told.values()].flat(), ...this.#peers.keys(), ...others];
    return this.#rendering.services(told, { ipv4: [...ipv4.values()], ipv6: [...ipv6.values()] });
  }

  peersText(foreignBfd: boolean): string {
    const texts = [...this.#peers.values()].map(({ text }) => text);
    return this.#rendering.peers(this.peers, texts, foreignBfd);
  }

  #put(prefix: Prefix, line: string | undefined, told: readonly Address[]): Undo {
    const undoTold = this.#exchange(this.#told, prefix, told.length === 0 ? undefined : told, []);
    const undoLine = this.#exchange(this.#routes[prefixFamily(prefix)], prefix, line, ["services"]);
    return () => {
      undoLine();
      undoTold();
    };
  }

  #exchange<K, V>(map: Map<K, V>, key: K, value: V | undefined, files: readonly FileKind[]): Undo {
    const set = (next: V | undefined) => {
      if (next === undefined) map.delete(key);
      else map.set(key, next);
      for (const file of files) this.#changed.add(file);
    };
    const before = map.get(key);
    set(value);
    return () => set(before);
  }
}

/** BIRD would take it for a next hop, and the neighbour for none. @throws {EngineError} */
function acceptable(route: Route): Route {
  const { prefix, nextHop } = route;
  if (nextHop === null || familyOf(nextHop) === prefixFamily(prefix)) return route;
  throw new EngineError(
    "refused",
    `${prefix} cannot have the next hop ${nextHop}: it is of the other address family`,
  );
}
