// What bgpd's configuration holds of ours, as it was last read and as it was changed since: from it follow the lines of
// a change, and the file.
import type { Address } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import { families } from "../../model/family.ts";
import type { Family } from "../../model/family.ts";
import type { Peer } from "../../model/peer.ts";
import { prefixFamily } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import type { Route } from "../../model/route.ts";
import { parseAttributes } from "./attributes.ts";
import type { Attributes } from "./attributes.ts";
import { variantsByNeighbour, placesFor } from "./export-policy.ts";
import type { Places, Variants } from "./export-policy.ts";
import { exportMap, isAttributesMap, markerGroup, ours } from "./names.ts";
import { Neighbors } from "./neighbors.ts";
import { isNetwork, networksOf } from "./networks.ts";
import { AttributesMaps } from "./rendering.ts";
import type { AttributesMap, Rendered, Rendering } from "./rendering.ts";
import { routerHeadOf } from "./running-config.ts";
import type { RunningConfig } from "./running-config.ts";
import { Shown } from "./shown.ts";
import { define, sameStanza } from "./stanzas.ts";
import type { Stanzas } from "./stanzas.ts";

/** What `router bgp` offers to all its neighbours when it is not told (RFC 4724 leaves it open). */
export const defaultRestartSeconds = 120;

export interface LedgerOptions {
  readonly rendering: Rendering;
  readonly localAsn: Asn;
  /** `router bgp` is somebody else's, and what is not ours in it is none of our business. */
  readonly shared: boolean;
  /** What is known of how bgpd shows things. Default: nothing. */
  readonly shown?: Shown;
}

export class Ledger {
  readonly maps: AttributesMaps;
  /** Route-map by prefix; null: not ours, but in a `router bgp` of our own. */
  readonly networks = new Map<Prefix, string | null>();
  /** Somebody else's, in a shared `router bgp`. */
  readonly foreignNetworks = new Set<Prefix>();
  readonly stanzas = new Map<string, readonly string[]>();
  restartSeconds: number | null = null;
  readonly #options: LedgerOptions;
  /** By name: those that are defined as they ought to be. */
  readonly #defined = new Map<string, AttributesMap>();
  /** How many networks have this route-map. */
  readonly #uses = new Map<string, number>();
  readonly #places = new Map<Address, Places>();
  readonly #neighbors: Neighbors;
  readonly #shown: Shown;
  /** Stanzas that bgpd was given since it was last read, and may show in other words. */
  readonly #given = new Map<string, readonly string[]>();

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#shown = options.shown ?? new Shown();
    this.#neighbors = new Neighbors({ ...options, shown: this.#shown });
    this.maps = new AttributesMaps(options.rendering, options.localAsn);
  }

  /** Forgets everything, and notes what is there. */
  read(running: RunningConfig): void {
    for (const known of [this.networks, this.foreignNetworks, this.#uses]) known.clear();
    this.#readAllBut(running);
    const { router } = running;
    if (router === null) return;
    for (const { prefix, routeMap } of networksOf(router))
      if (this.#options.shared && routeMap?.startsWith(ours) !== true) this.foreignNetworks.add(prefix);
      else this.setNetwork(prefix, routeMap);
    this.#readPlaces();
  }

  /** Notes all but the networks, for ten thousand take their time, and tells how many of them there are. */
  count(running: RunningConfig): number {
    this.#readAllBut(running);
    this.#readPlaces();
    const { router } = running;
    if (router === null) return 0;
    const { shared } = this.#options;
    const isMine = (line: string) => isNetwork(line) && (!shared || line.includes(` route-map ${ours}`));
    return families.reduce((sum, family) => sum + router.families[family].filter(isMine).length, 0);
  }

  #readAllBut({ router, stanzas }: RunningConfig): void {
    for (const known of [this.#neighbors, this.stanzas, this.#defined, this.#places, this.#given])
      known.clear();
    for (const [head, body] of stanzas) this.stanzas.set(head, body);
    this.#readMaps();
    if (router === null) return;
    const restart = router.lines.find((line) => line.startsWith("bgp graceful-restart restart-time "));
    this.restartSeconds = restart === undefined ? null : Number(restart.split(" ").at(-1));
    this.#neighbors.read(router, this.restartSeconds ?? defaultRestartSeconds);
  }

  /** Ours, and in a `router bgp` of our own whatever else is there: null. */
  get peers(): ReadonlyMap<Address, Peer | null> {
    return this.#neighbors.peers;
  }

  /** Somebody else's, in a shared `router bgp`. */
  get foreignPeers(): ReadonlySet<Address> {
    return this.#neighbors.foreign;
  }

  addPeer(peer: Peer): void {
    this.#neighbors.add(peer);
  }

  removePeer(address: Address): void {
    this.#neighbors.remove(address);
  }

  /** Was bgpd given something that it may show otherwise? */
  get mustLook(): boolean {
    return this.#neighbors.mustLook || this.#given.size > 0;
  }

  /** Learns how bgpd shows what it was given just now. */
  look({ router, stanzas }: RunningConfig): void {
    this.#neighbors.look(router, this.restartSeconds ?? defaultRestartSeconds);
    for (const [head, given] of this.#given) {
      const shown = stanzas.get(head);
      if (shown === undefined || sameStanza(shown, given)) this.#shown.forgetStanza(head);
      else this.#shown.learnStanza(head, given, shown);
    }
    this.#given.clear();
  }

  /** null: a route that none of ours is like. */
  routes(): ReadonlyMap<Prefix, Route | null> {
    const routes = new Map<Prefix, Route | null>();
    for (const [prefix, name] of this.networks) {
      const attributes = name === null ? undefined : this.#defined.get(name)?.attributes;
      routes.set(prefix, attributes === undefined ? null : { prefix, ...attributes });
    }
    return routes;
  }

  isDefined(name: string): boolean {
    return this.#defined.has(name);
  }

  setDefined(map: AttributesMap): void {
    this.#defined.set(map.name, map);
  }

  setNetwork(prefix: Prefix, name: string | null): void {
    this.removeNetwork(prefix);
    this.networks.set(prefix, name);
    if (name !== null) this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
  }

  removeNetwork(prefix: Prefix): void {
    const name = this.networks.get(prefix) ?? null;
    this.networks.delete(prefix);
    if (name === null) return;
    const left = (this.#uses.get(name) ?? 1) - 1;
    if (left > 0) this.#uses.set(name, left);
    else this.#uses.delete(name);
  }

  /** Is there a route-map that no network has any more? */
  get hasUnused(): boolean {
    return [...this.#defined.keys()].some((name) => !this.#uses.has(name));
  }

  /** How many networks have a route-map that is not there, or not as it ought to be: bgpd announces none of them so. */
  get undefinedNetworks(): number {
    return [...this.#uses].reduce((sum, [name, uses]) => sum + (this.#defined.has(name) ? 0 : uses), 0);
  }

  /** Drops the maps that no network has any more. */
  forgetUnused(): void {
    for (const name of this.#defined.keys()) if (!this.#uses.has(name)) this.#defined.delete(name);
    this.maps.keep(new Set(this.#defined.keys()));
  }

  /**
   * All that has to be defined for these maps, beside those in use, and for these neighbours, beside those that there
   * are, by what it is for.
   */
  units(maps: Iterable<AttributesMap>, neighbours: Iterable<Address>): readonly Unit[] {
    const { rendering, localAsn } = this.#options;
    const all = new Map([...this.#defined, ...[...maps].map((map) => [map.name, map] as const)]);
    const attributes = [...all.values()].map((map) => map.attributes);
    const variants = variantsByNeighbour(attributes);
    const addresses = new Set([...this.peers.keys(), ...neighbours, ...attributes.flatMap(addressesOf)]);
    return [
      { t: "base", rendered: rendering.base },
      ...[...addresses].sort().map((address): Unit => {
        const mine: Variants = variants.get(address) ?? new Map();
        const places = placesFor(mine, this.#places.get(address) ?? new Map());
        return { t: "export", address, rendered: rendering.exports(address, mine, places, localAsn) };
      }),
      ...[...all.values()].map((map): Unit => ({ t: "attributes", name: map.name, rendered: map })),
    ];
  }

  /** Stanzas that networks refer to, whatever they are. */
  referred(): Stanzas {
    return new Map([...this.stanzas].filter(([head]) => this.#uses.has(head.split(" ")[1] ?? "")));
  }

  /** Those of them that bgpd does not have so. */
  missing(stanzas: Stanzas): Stanzas {
    return new Map([...stanzas].filter(([head, body]) => !this.#has(head, body)));
  }

  #has(head: string, body: readonly string[]): boolean {
    const held = this.stanzas.get(head);
    return sameStanza(held, body) || (held !== undefined && this.#shown.isStanza(head, body, held));
  }

  /** @param stanzas that bgpd was given */
  defined(stanzas: Stanzas): void {
    for (const [head, body] of stanzas) {
      this.stanzas.set(head, body);
      // The templates that come along say everything as bgpd shows it.
      if (this.#options.rendering.ownStanzas) this.#given.set(head, body);
    }
    this.#readPlaces();
  }

  /** @param left first lines of what is still there */
  cleared(left: ReadonlySet<string>): void {
    for (const head of this.stanzas.keys()) {
      if (left.has(head)) continue;
      this.stanzas.delete(head);
      this.#shown.forgetStanza(head);
    }
    this.#readPlaces();
  }

  /** All of it as file.hbs makes it, behind notes for ourselves; without the marks. @param routerId what our own `router bgp` has */
  file(routerId: string): string {
    const { rendering, localAsn, shared } = this.#options;
    const peers = [...this.peers.values()].filter((peer) => peer !== null);
    const graceful = peers.some((peer) => peer.gracefulRestartSeconds !== null);
    const restartSeconds = graceful ? (this.restartSeconds ?? defaultRestartSeconds) : null;
    const own = [
      "no bgp default ipv4-unicast",
      `neighbor ${markerGroup} peer-group`,
      rendering.instance({ asn: localAsn, routerId }, restartSeconds),
    ];
    const networks: Record<Family, string[]> = { ipv4: [], ipv6: [] };
    for (const [prefix, name] of this.networks)
      if (name !== null && this.#defined.has(name))
        networks[prefixFamily(prefix)].push(` network ${prefix} route-map ${name}`);
    const stanzas = stanzasOf(this.units([], []));
    const text = rendering.file({
      definitions: define(stanzas, new Map()).join("\n"),
      asn: localAsn,
      instance: shared ? "" : own.join("\n"),
      neighbors: this.#neighbors.texts(),
      families: families.map((name) => ({ name, networks: networks[name].join("\n") })),
    });
    const heads = [routerHeadOf(localAsn), ...stanzas.keys()];
    return [...this.#shown.notes(this.peers.keys(), heads), text].join("\n");
  }

  #readMaps(): void {
    for (const [head, body] of this.stanzas) {
      const [, name = ""] = head.split(" ");
      const description = body.find((line) => line.startsWith("description "))?.slice("description ".length);
      const attributes =
        description === undefined || !isAttributesMap(name) ? null : parseAttributes(description);
      if (attributes === null) continue;
      const map = this.maps.get(attributes);
      if (map.name === name && this.missing(map.stanzas).size === 0) this.#defined.set(name, map);
    }
  }

  /** Where export route-maps have what. */
  #readPlaces(): void {
    this.#places.clear();
    const found = new Map<string, Map<number, number>>();
    for (const [head, body] of this.stanzas) {
      const [, name, , sequence] = head.split(" ");
      const match = body.map((line) => /^match large-community BELLMAN-MARK-([0-9]+)$/.exec(line)?.[1]);
      const number = match.find((each) => each !== undefined);
      if (name === undefined || number === undefined) continue;
      found.set(name, (found.get(name) ?? new Map<number, number>()).set(Number(number), Number(sequence)));
    }
    const attributes = [...this.#defined.values()].map((map) => map.attributes);
    for (const address of [...this.peers.keys(), ...attributes.flatMap(addressesOf)]) {
      const places = found.get(exportMap(address));
      if (places !== undefined) this.#places.set(address, places);
    }
  }
}

/** Something that is defined as a whole, and whom it serves. */
export type Unit =
  | { readonly t: "base"; readonly rendered: Rendered }
  | { readonly t: "export"; readonly address: Address; readonly rendered: Rendered }
  | { readonly t: "attributes"; readonly name: string; readonly rendered: Rendered };

export function stanzasOf(units: readonly Unit[]): Stanzas {
  return new Map(units.flatMap(({ rendered }) => [...rendered.stanzas]));
}

/** Neighbours that routes with these attributes are told apart by. */
export function addressesOf({ notTo, variants }: Attributes): readonly Address[] {
  return [...notTo, ...variants.flatMap(({ to }) => to)];
}
