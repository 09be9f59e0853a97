// What the speaker is believed to hold: read back once, then followed through every apply.
import type { Held, Rejection, SpeakerChange } from "../engine/contract.ts";
import type { Address } from "../model/address.ts";
import type { Peer } from "../model/peer.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Route } from "../model/route.ts";

export class Mirror implements Held {
  readonly #routes: Map<Prefix, Route | null>;
  readonly #peers: Map<Address, Peer | null>;

  constructor(held: Held) {
    this.#routes = new Map(held.routes);
    this.#peers = new Map(held.peers);
  }

  get routes(): ReadonlyMap<Prefix, Route | null> {
    return this.#routes;
  }

  get peers(): ReadonlyMap<Address, Peer | null> {
    return this.#peers;
  }

  /** Takes over a change that the speaker has applied but for what it rejected. */
  applied(change: SpeakerChange, rejections: readonly Rejection[]): void {
    const rejected = new Set<Prefix | Address>(
      rejections.map(({ item }) => (item.t === "route" ? item.prefix : item.address)),
    );
    for (const route of change.announce)
      if (!rejected.has(route.prefix)) this.#routes.set(route.prefix, route);
    for (const prefix of change.withdraw) if (!rejected.has(prefix)) this.#routes.delete(prefix);
    for (const address of change.removePeers) if (!rejected.has(address)) this.#peers.delete(address);
    for (const peer of change.addPeers) if (!rejected.has(peer.address)) this.#peers.set(peer.address, peer);
  }
}
