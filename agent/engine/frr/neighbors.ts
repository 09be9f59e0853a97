// The neighbours of a `router bgp`: which peers they are, and which are somebody else's.
import type { Address } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import { samePeer } from "../../model/peer.ts";
import type { Peer } from "../../model/peer.ts";
import { isOurs, neighborLinesOf, peerOf, sameLines, textOf } from "./neighbor.ts";
import type { NeighborLines } from "./neighbor.ts";
import type { Rendering } from "./rendering.ts";
import type { RouterSection } from "./running-config.ts";
import type { Shown } from "./shown.ts";

export interface NeighborsOptions {
  readonly rendering: Rendering;
  readonly localAsn: Asn;
  /** `router bgp` is somebody else's, and so are neighbours that do not say to be ours. */
  readonly shared: boolean;
  readonly shown: Shown;
}

export class Neighbors {
  /** Ours, and in a `router bgp` of our own whatever else is there: null. */
  readonly peers = new Map<Address, Peer | null>();
  /** Somebody else's, in a shared `router bgp`. */
  readonly foreign = new Set<Address>();
  readonly #options: NeighborsOptions;
  /** How bgpd has ours that are not as they would be made now: so they stay until they are replaced. */
  readonly #unlike = new Map<Address, NeighborLines>();
  /** Added since bgpd was last read. */
  readonly #added = new Map<Address, Peer>();

  constructor(options: NeighborsOptions) {
    this.#options = options;
  }

  clear(): void {
    for (const known of [this.peers, this.foreign, this.#unlike, this.#added]) known.clear();
  }

  /** @param restartSeconds which `router bgp` offers to all of them */
  read(router: RouterSection, restartSeconds: number): void {
    const { shared, shown } = this.#options;
    for (const [address, lines] of neighborLinesOf(router)) {
      if (shared && !isOurs(lines)) {
        this.foreign.add(address);
        continue;
      }
      const known = shown.peer(address, lines, (peer) => this.#textOf(peer));
      const peer = known ?? this.#plainPeer(address, lines, restartSeconds);
      this.peers.set(address, peer);
      if (peer === null && (isOurs(lines) || shown.isPeer(address))) this.#unlike.set(address, lines);
    }
  }

  add(peer: Peer): void {
    this.peers.set(peer.address, peer);
    this.#added.set(peer.address, peer);
  }

  remove(address: Address): void {
    this.peers.delete(address);
    this.#added.delete(address);
    this.#options.shown.forgetPeer(address);
  }

  /** Were some added that bgpd may show otherwise than it was asked for them? */
  get mustLook(): boolean {
    return this.#added.size > 0;
  }

  /** Learns how bgpd shows those that were added just now. */
  look(router: RouterSection | null, restartSeconds: number): void {
    const { shown } = this.#options;
    const lines = router === null ? null : neighborLinesOf(router);
    for (const [address, peer] of this.#added) {
      const mine = lines?.get(address);
      if (mine === undefined) continue;
      const plain = this.#plainPeer(address, mine, restartSeconds);
      if (plain !== null && samePeer(plain, peer)) shown.forgetPeer(address);
      else shown.learnPeer(peer, this.#textOf(peer), mine);
    }
    this.#added.clear();
  }

  /** As the file has to say them. */
  texts(): readonly string[] {
    const made = [...this.peers.values()].flatMap((peer) => (peer === null ? [] : [this.#textOf(peer)]));
    const kept = [...this.#unlike].flatMap(([address, lines]) =>
      this.peers.get(address) === null ? [textOf(address, lines)] : [],
    );
    return [...made, ...kept];
  }

  #textOf(peer: Peer): string {
    return this.#options.rendering.neighbor(peer, this.#options.localAsn);
  }

  /** The peer that bgpd shows just as it was asked for; null: none of ours. */
  #plainPeer(address: Address, lines: NeighborLines, restartSeconds: number): Peer | null {
    const { rendering, localAsn } = this.#options;
    const peer = peerOf(address, lines, { localAsn, restartSeconds });
    return peer !== null && sameLines(rendering.neighborLines(peer, localAsn), lines) ? peer : null;
  }
}
