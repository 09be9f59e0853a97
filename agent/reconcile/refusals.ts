// What the speaker has refused and not taken since: to be tried again, and told until then.
import type { EngineError, Rejection, SpeakerChange } from "../engine/contract.ts";
import type { Address } from "../model/address.ts";
import type { Prefix } from "../model/prefix.ts";

export class Refusals {
  readonly #routes = new Map<Prefix, EngineError>();
  readonly #peers = new Map<Address, EngineError>();
  /** Is what may be taken from neighbours among it? */
  #imports = false;

  get empty(): boolean {
    return this.#routes.size === 0 && this.#peers.size === 0 && !this.#imports;
  }

  /** Of the routes among them. */
  get prefixes(): Iterable<Prefix> {
    return this.#routes.keys();
  }

  ofPeer(address: Address): EngineError | undefined {
    return this.#peers.get(address);
  }

  /** A change was applied, but for these. */
  note(change: SpeakerChange, rejections: readonly Rejection[]): void {
    const { announce, withdraw, addPeers, removePeers } = change;
    for (const prefix of [...announce.map((route) => route.prefix), ...withdraw]) this.#routes.delete(prefix);
    for (const address of [...addPeers.map((peer) => peer.address), ...removePeers])
      this.#peers.delete(address);
    if (change.imports !== undefined) this.#imports = rejections.some(({ item }) => item.t === "imports");
    for (const { item, error } of rejections)
      if (item.t === "route") this.#routes.set(item.prefix, error);
      else if (item.t === "peer") this.#peers.set(item.address, error);
  }

  /** Neither wanted nor held any more: nothing is left to be tried. */
  drop(prefix: Prefix): void {
    this.#routes.delete(prefix);
  }
}
