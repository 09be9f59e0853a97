// What the templates of FRR are given. Numbers are numbers, texts have been checked to be one word.
import type { Family } from "../../model/family.ts";

/** base.hbs: what every neighbour shares. */
export interface BaseContext {
  /** Route-map that takes nothing. */
  readonly importMap: string;
  /** Community list with the regular expression that matches all marks. */
  readonly anyMark: { readonly list: string; readonly expression: string };
  /** Mark of every route of the agent's. */
  readonly own: MarkContext;
}

/** attributes.hbs: the route-map of a `network` line, one for each distinct set of attributes. */
export interface AttributesContext {
  readonly name: string;
  /** One word that says it all to the agent: by it the routes are read back. */
  readonly description: string;
  /** `64512:100`, sorted numerically. */
  readonly communities: readonly string[];
  /** `64512:1:2`, sorted numerically; marks of the agent's own among them, which never leave the node. */
  readonly largeCommunities: readonly string[];
  /** MULTI_EXIT_DISC, 0 to 4294967295; null: none is set, and FRR sends 0. */
  readonly med: number | null;
  /** LOCAL_PREF, 0 to 4294967295; null: FRR's default, 100. */
  readonly localPref: number | null;
  /** AS numbers to be put in front; the node's own once more each. */
  readonly prepend: readonly number[];
  /** null: the node's own address on each session. */
  readonly nextHop: { readonly address: string; readonly ipv6: boolean } | null;
}

/** A large community that tells an export route-map what to do, and the community list that matches it. */
export interface MarkContext {
  readonly list: string;
  readonly mark: string;
}

/** export.hbs: the route-map of what one neighbour is sent. It changes with filters, never with services. */
export interface ExportContext {
  readonly name: string;
  readonly denied: MarkContext;
  /** Communities that FRR would heed itself before it sends them. */
  readonly added: readonly AddedContext[];
  readonly variants: readonly VariantContext[];
  /** Community list that matches all marks. */
  readonly anyMark: string;
  /** Community list that matches the agent's routes: in a joined router bgp there are others. */
  readonly own: string;
}

export interface AddedContext extends MarkContext {
  /** Place in the route-map, from 2 on. */
  readonly sequence: number;
  readonly community: string;
}

/** What the neighbour is sent instead: all of it, for what the route has is replaced. */
export interface VariantContext extends MarkContext {
  /** Place in the route-map, from 10 on. */
  readonly sequence: number;
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
  /** null: none, which FRR sends as 0. */
  readonly med: number | null;
  /** null: FRR's default, 100. */
  readonly localPref: number | null;
  /** AS number to be taken out of the route's own AS_PATH first; null: it is empty. */
  readonly exclude: number | null;
  /** AS_PATH before the node's own number. */
  readonly path: readonly number[];
}

/** instance.hbs: lines inside `router bgp`. */
export interface InstanceContext {
  readonly asn: number;
  readonly routerId: string;
  /** Of graceful restart; null: no neighbour is asked for it. */
  readonly restart: { readonly seconds: number } | null;
}

/** neighbor.hbs: lines inside `router bgp`. */
export interface NeighborContext {
  readonly address: string;
  readonly asn: number;
  /** Tells the agent that the neighbour is its own. */
  readonly description: string;
  /** The node's, where it is not that of `router bgp`; else null. */
  readonly localAsn: number | null;
  /** One word; null: none. */
  readonly password: string | null;
  /** TCP port of the neighbour; null: 179. */
  readonly port: number | null;
  readonly sourceAddress: string | null;
  /** 1 to 254; null: not checked. */
  readonly ttlSecurityHops: number | null;
  /** An external neighbour more than one hop away, without TTL security. */
  readonly multihop: boolean;
  readonly keepaliveSeconds: number;
  readonly holdTimeSeconds: number;
  /** null: no BFD. */
  readonly bfd: { readonly intervalMs: number } | null;
  readonly gracefulRestart: boolean;
  /** How often the node's own AS number may stand in received paths, 1 to 10; null: not at all. */
  readonly allowedLocalAsns: number | null;
  readonly families: readonly Family[];
  readonly importMap: string;
  readonly exportMap: string;
}

/** file.hbs: the agent's part of frr.conf. Texts end without a line break. */
export interface FileContext {
  /** Route-maps and community lists, as the other templates make them. */
  readonly definitions: string;
  readonly asn: number;
  /** As instance.hbs makes it; with --frr-adopt: empty. */
  readonly instance: string;
  /** As neighbor.hbs makes them. */
  readonly neighbors: readonly string[];
  readonly families: readonly FamilyContext[];
}

export interface FamilyContext {
  readonly name: Family;
  /** Lines `network PREFIX route-map NAME`. */
  readonly networks: string;
}
