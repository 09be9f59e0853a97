// What the speaker has refused and not taken since: to be tried again, and told until then.
import type { EngineError, Rejection, SpeakerChange } from "../engine/contract.ts";
import type { Address } from "../model/address.ts";
import type { Prefix } from "../model/prefix.ts";

export class Refusals {
  readonly #routes = new Map<Prefix, EngineError>();
  readonly #peers = new Map<Address, EngineError>();

  get empty(): boolean {
    return this.#routes.size === 0 && this.#peers.size === 0;
  }

  /** Of the routes among them. */
  get prefixes(): Iterable<Prefix> {
    return this.#routes.keys();
  }

  ofPeer(address: Address): EngineError | undefined {
    return this.#peers.get(address);
  }

  /** A change was applied, but for these. */
  note({ announce, withdraw, addPeers, removePeers }: SpeakerChange, rejections: readonly Rejection[]): void {
    for (const prefix of [...announce.map((route) => route.prefix), ...withdraw]) this.#routes.delete(prefix);
    for (const address of [...addPeers.map((peer) => peer.address), ...removePeers])
      this.#peers.delete(address);
    for (const { item, error } of rejections)
      if (item.t === "route") this.#routes.set(item.prefix, error);
      else this.#peers.set(item.address, error);
  }

  /** Neither wanted nor held any more: nothing is left to be tried. */
  drop(prefix: Prefix): void {
    this.#routes.delete(prefix);
  }
}
