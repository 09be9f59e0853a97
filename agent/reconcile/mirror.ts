// What the speaker is believed to hold: read back once, then followed through every apply.
import type { Held, Imports, Rejection, SpeakerChange } from "../engine/contract.ts";
import type { Address } from "../model/address.ts";
import type { Peer } from "../model/peer.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Route } from "../model/route.ts";

export class Mirror implements Held {
  readonly #routes: Map<Prefix, Route | null>;
  readonly #peers: Map<Address, Peer | null>;
  #imports: Imports | null;

  /** @param imports in force; default those of a link that was just opened */
  constructor(held: Held, imports: Imports | null = new Map()) {
    this.#imports = imports;
    this.#routes = new Map(held.routes);
    this.#peers = new Map(held.peers);
  }

  get routes(): ReadonlyMap<Prefix, Route | null> {
    return this.#routes;
  }

  get peers(): ReadonlyMap<Address, Peer | null> {
    return this.#peers;
  }

  /** null: the speaker refused what it was asked for. */
  get imports(): Imports | null {
    return this.#imports;
  }

  /** Takes over a change that the speaker has applied but for what it rejected. */
  applied(change: SpeakerChange, rejections: readonly Rejection[]): void {
    const rejected = new Set(rejections.map(({ item }) => (item.t === "route" ? item.prefix : null)));
    for (const route of change.announce)
      if (!rejected.has(route.prefix)) this.#routes.set(route.prefix, route);
    for (const prefix of change.withdraw) if (!rejected.has(prefix)) this.#routes.delete(prefix);
    for (const address of change.removePeers) this.#peers.delete(address);
    for (const peer of change.addPeers) this.#peers.set(peer.address, peer);
    if (change.imports !== undefined)
      this.#imports = rejections.some(({ item }) => item.t === "imports") ? null : change.imports;
    // Whether the removal or the addition was rejected: what is there now equals nothing.
    for (const { item } of rejections) if (item.t === "peer") this.#peers.set(item.address, null);
  }
}
