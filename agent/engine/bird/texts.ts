// The texts of which the files that BIRD includes are made.
import type { Address } from "../../model/address.ts";
import type { Family } from "../../model/family.ts";
import type { Peer } from "../../model/peer.ts";
import type { Route } from "../../model/route.ts";
import { EngineError } from "../contract.ts";
import type { BgpInstance } from "../contract.ts";
import { notePeer } from "../peer-note.ts";
import { idsOf, peerContext, routeContext } from "./contexts.ts";
import { noteAttributes, noteInstance } from "./notes.ts";
import { birdRefusals } from "./refusals.ts";
import type { BirdTemplates } from "./templates.ts";

/** Before a note, behind the text that it tells of. */
export const noteMark = "#= ";

/** Names of the files, in the order in which BIRD reads them: sessions use the tables that stand with the services. */
export const fileNames = { services: "10-services.conf", peers: "20-peers.conf" } as const;

/** Neighbours that a route is told apart by. */
export function neighborsOf({ notTo, variants }: Route): readonly Address[] {
  return notTo.length === 0 && variants.length === 0 ? [] : [...notTo, ...variants.flatMap(({ to }) => to)];
}

/** Stands for the prefix while a text is made that fits every route with the same attributes. */
const anyPrefix = "\0";
/** Texts that are kept: as many kinds of attributes as there are is few, or else hardly one is met again. */
const maxKept = 10_000;

/** The parts of the files. A part is made again only when what it is made of changes. */
export class Rendering {
  readonly instance: BgpInstance;
  readonly #templates: BirdTemplates;
  readonly #kept = new Map<string, readonly string[]>();

  constructor(templates: BirdTemplates, instance: BgpInstance) {
    this.#templates = templates;
    this.instance = instance;
  }

  /** With its note. */
  route(route: Route): string {
    const note = noteAttributes(route);
    return `${this.#text(route, note)} ${noteMark}${route.prefix}${note}`;
  }

  /** With its note. @throws {EngineError} when BIRD cannot be asked for it */
  peer(peer: Peer): string {
    const [problem] = birdRefusals({ peers: [peer] });
    if (problem !== undefined) throw new EngineError("refused", problem.message);
    const text = this.#templates.peer(peerContext(peer, this.instance)).trim();
    return `${text} ${noteMark}${notePeer(peer)}`;
  }

  services(neighbors: Iterable<Address>, lines: Readonly<Record<Family, readonly string[]>>): string {
    return this.#templates.services({
      neighbors: idsOf(neighbors),
      ipv4: lines.ipv4.join("\n"),
      ipv6: lines.ipv6.join("\n"),
    });
  }

  peers(peers: readonly Peer[], texts: readonly string[], foreignBfd: boolean): string {
    const bfd = !foreignBfd && peers.some(({ bfdIntervalMs }) => bfdIntervalMs !== null);
    const head = `${noteMark}${noteInstance(this.instance)}\n`;
    return head + this.#templates.peers({ bfd, peers: texts.join("\n\n") });
  }

  /** Templates cannot look into a prefix: one text fits all routes that are alike but for it. */
  #text(route: Route, note: string): string {
    let parts = this.#kept.get(note);
    if (parts === undefined) {
      if (this.#kept.size >= maxKept) this.#kept.clear();
      const context = routeContext(route, anyPrefix, this.instance.asn);
      parts = this.#templates.route(context).trim().split(anyPrefix);
      this.#kept.set(note, parts);
    }
    return parts.join(route.prefix);
  }
}
