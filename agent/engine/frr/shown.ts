// How bgpd shows what it was asked for, where it does not show it as it was written: a site's own template may ask for
// what bgpd leaves out, or says in other words. Notes in our part of frr.conf tell it to an agent that starts anew.
import { createHash } from "node:crypto";
import type { Address } from "../../model/address.ts";
import { families } from "../../model/family.ts";
import type { Peer } from "../../model/peer.ts";
import { Secret } from "../../model/secret.ts";
import { notePeer, readPeerNote } from "../peer-note.ts";
import type { NeighborLines } from "./neighbor.ts";

/** Before a note, at the beginning of a line. */
const noteMark = "!= ";
const note = /^!= ([0-9a-f]{64}) (neighbor )?(.+)$/;

/** One is remembered by what was asked for together with what bgpd shows for it: with either changed it is not known. */
export class Shown {
  /** Without the password, where bgpd shows it. */
  readonly #peers = new Map<Address, { readonly peer: Peer; readonly digest: string }>();
  /** Of stanzas, by their first line. */
  readonly #stanzas = new Map<string, string>();
  /** What was wrong with the instance that was begun with last, as soon as it was; null: nothing. */
  misfit: string | null = null;

  /**
   * The peer that bgpd shows with these lines; null: it is not known.
   *
   * @param textOf what it would be asked for with now
   */
  peer(address: Address, lines: NeighborLines, textOf: (peer: Peer) => string): Peer | null {
    const known = this.#peers.get(address);
    if (known === undefined) return null;
    const { peer, digest } = known;
    const both = [peer, { ...peer, password: passwordIn(lines) }];
    return both.find((each) => digestOf(notePeer(each), textOf(each), inOrder(lines)) === digest) ?? null;
  }

  isPeer(address: Address): boolean {
    return this.#peers.has(address);
  }

  /** @param text what it was asked for with */
  learnPeer(peer: Peer, text: string, lines: NeighborLines): void {
    const digest = digestOf(notePeer(peer), text, inOrder(lines));
    // A secret is best kept in one place.
    const isShown = peer.password !== null && passwordIn(lines)?.reveal() === peer.password.reveal();
    this.#peers.set(peer.address, { peer: isShown ? { ...peer, password: null } : peer, digest });
  }

  forgetPeer(address: Address): void {
    this.#peers.delete(address);
  }

  /** Is it this stanza that bgpd shows so? */
  isStanza(head: string, asked: readonly string[], shown: readonly string[]): boolean {
    const digest = this.#stanzas.get(head);
    return digest !== undefined && digest === digestOf(head, asked, [...shown].sort());
  }

  learnStanza(head: string, asked: readonly string[], shown: readonly string[]): void {
    this.#stanzas.set(head, digestOf(head, asked, [...shown].sort()));
  }

  forgetStanza(head: string): void {
    this.#stanzas.delete(head);
  }

  /** What is known of these, a line for each. */
  notes(addresses: Iterable<Address>, heads: Iterable<string>): readonly string[] {
    const ofPeers = [...addresses].flatMap((address) => {
      const known = this.#peers.get(address);
      return known === undefined ? [] : [`${noteMark}${known.digest} neighbor ${notePeer(known.peer)}`];
    });
    const ofStanzas = [...heads].flatMap((head) => {
      const digest = this.#stanzas.get(head);
      return digest === undefined ? [] : [`${noteMark}${digest} ${head}`];
    });
    return [...ofPeers, ...ofStanzas];
  }

  /** Takes up the notes of an agent that ran before; what was learned since goes before them. */
  recall(lines: Iterable<string>): void {
    for (const line of lines) {
      const [, digest, neighbor, text = ""] = note.exec(line) ?? [];
      if (digest === undefined) continue;
      const peer = neighbor === undefined ? null : readPeerNote(text);
      if (peer !== null && !this.#peers.has(peer.address)) this.#peers.set(peer.address, { peer, digest });
      if (neighbor === undefined && !this.#stanzas.has(text)) this.#stanzas.set(text, digest);
    }
  }
}

function passwordIn({ own }: NeighborLines): Secret | null {
  const line = own.find((each) => each.startsWith("password "));
  return line === undefined ? null : new Secret(line.slice("password ".length));
}

function inOrder({ own, families: byFamily }: NeighborLines): readonly (readonly string[])[] {
  return [own, ...families.map((family) => byFamily[family])].map((lines) => [...lines].sort());
}

function digestOf(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
