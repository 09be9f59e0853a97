// Notes for ourselves in the files that BIRD includes: what a piece of configuration was made from, in a comment behind
// it. `#= 192.0.2.1/32 med=50 communities=64512:100,65535:0`; fields that are as plain as can be are left out.
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { parseAsn } from "../../model/asn.ts";
import type { Asn } from "../../model/asn.ts";
import { parseCommunity, parseLargeCommunity } from "../../model/community.ts";
import { plainSession } from "../../model/peer.ts";
import type { Peer } from "../../model/peer.ts";
import { parsePrefix } from "../../model/prefix.ts";
import type { Route, Variant } from "../../model/route.ts";
import { Secret } from "../../model/secret.ts";
import type { BgpInstance } from "../contract.ts";
import { plainName } from "./names.ts";

type Attributes = Pick<Route, "communities" | "largeCommunities" | "med" | "localPref">;

/** All of a route but its prefix; empty for a plain one. */
export function noteAttributes(route: Omit<Route, "prefix">): string {
  return (
    field("nextHop", route.nextHop) +
    field("prepend", route.prepend === 0 ? null : route.prepend) +
    attributeFields(route) +
    list("notTo", route.notTo) +
    route.variants.map((variant) => ` ${noteVariant(variant)}`).join("")
  );
}

/** In one word: `to=192.168.1.1,fd01::1;path=65001;med=5` */
function noteVariant(variant: Variant): string {
  const fields = list("path", variant.path) + attributeFields(variant);
  return `to=${variant.to.join(",")}${fields.replaceAll(" ", ";")}`;
}

function attributeFields({ communities, largeCommunities, med, localPref }: Attributes): string {
  return (
    field("med", med) +
    field("localPref", localPref) +
    list("communities", communities) +
    list("largeCommunities", largeCommunities)
  );
}

/** Makes what reads many notes: most routes are alike but for the prefix. */
export function routeNotes(): (note: string) => Route | null {
  const known = new Map<string, Omit<Route, "prefix"> | null>();
  return (note) => {
    const [text = ""] = note.split(" ", 1);
    const prefix = parsePrefix(text)?.prefix;
    if (prefix !== text) return null;
    const rest = note.slice(text.length);
    let attributes = known.get(rest);
    if (attributes === undefined) {
      attributes = readAll(rest);
      known.set(rest, attributes);
    }
    return attributes === null ? null : { ...attributes, prefix };
  };
}

/** null: no note that we would write. */
export function readRouteNote(note: string): Route | null {
  return routeNotes()(note);
}

/** All of a route but its prefix; null: as above. */
function readAll(note: string): Omit<Route, "prefix"> | null {
  const [, ...words] = note.split(" ");
  const fields = new Fields(words.filter((word) => !word.startsWith("to=")));
  const route = {
    nextHop: fields.one("nextHop", parseAddress),
    prepend: fields.one("prepend", parseNumber) ?? 0,
    ...readAttributes(fields),
    notTo: fields.many("notTo", parseAddress),
    variants: words.filter((word) => word.startsWith("to=")).map(readVariant),
  };
  return noteAttributes(route) === note ? route : null;
}

function readVariant(word: string): Variant {
  const fields = new Fields(word.split(";"));
  return {
    to: fields.many("to", parseAddress),
    path: fields.many("path", parseAsn),
    ...readAttributes(fields),
  };
}

function readAttributes(fields: Fields): Attributes {
  return {
    med: fields.one("med", parseNumber),
    localPref: fields.one("localPref", parseNumber),
    communities: fields.many("communities", parseCommunity),
    largeCommunities: fields.many("largeCommunities", parseLargeCommunity),
  };
}

export function notePeer(peer: Peer): string {
  const { password } = peer;
  return (
    peer.address +
    field("name", plainName(peer.name)) +
    field("port", peer.port) +
    field("asn", peer.asn) +
    field("localAsn", peer.localAsn) +
    field("hold", peer.holdTimeSeconds) +
    field("keepalive", peer.keepaliveSeconds) +
    field("password", password === null ? null : Buffer.from(password.reveal()).toString("base64url")) +
    field("source", peer.sourceAddress) +
    field("multihop", peer.multihop ? "yes" : null) +
    field("ttlSecurity", peer.ttlSecurityHops) +
    field("allowedLocalAsns", peer.allowedLocalAsns === 0 ? null : peer.allowedLocalAsns) +
    field("gracefulRestart", peer.gracefulRestartSeconds) +
    field("bfd", peer.bfdIntervalMs)
  );
}

/** null: no note that we would write. */
export function readPeerNote(note: string): Peer | null {
  const [text = "", ...words] = note.split(" ");
  const address = parseAddress(text);
  const fields = new Fields(words);
  const [asn, localAsn] = [fields.one("asn", parseAsn), fields.one("localAsn", parseAsn)];
  if (address === null || asn === null || localAsn === null) return null;
  const peer: Peer = {
    ...plainSession,
    name: fields.one("name", parseText) ?? "",
    address,
    port: fields.one("port", parseNumber) ?? 0,
    asn,
    localAsn,
    holdTimeSeconds: fields.one("hold", parseNumber) ?? 0,
    keepaliveSeconds: fields.one("keepalive", parseNumber) ?? 0,
    password: fields.one("password", (encoded) => new Secret(Buffer.from(encoded, "base64url").toString())),
    sourceAddress: fields.one("source", parseAddress),
    multihop: fields.one("multihop", parseText) !== null,
    ttlSecurityHops: fields.one("ttlSecurity", parseNumber),
    allowedLocalAsns: fields.one("allowedLocalAsns", parseNumber) ?? 0,
    gracefulRestartSeconds: fields.one("gracefulRestart", parseNumber),
    bfdIntervalMs: fields.one("bfd", parseNumber),
  };
  return notePeer(peer) === note ? peer : null;
}

/** What the sessions were made for. */
export type NotedInstance = Pick<BgpInstance, "asn" | "routerId" | "listenPort">;

export function noteInstance({ asn, routerId, listenPort }: BgpInstance): string {
  return `instance${field("asn", asn)}${field("routerId", routerId)}${field("listenPort", listenPort)}`;
}

/** null: no note of an instance. */
export function readInstanceNote(note: string): NotedInstance | null {
  const [kind, ...words] = note.split(" ");
  if (kind !== "instance") return null;
  const fields = new Fields(words);
  const asn: Asn | null = fields.one("asn", parseAsn);
  const routerId: Address | null = fields.one("routerId", parseAddress);
  const listenPort = fields.one("listenPort", Number);
  return asn === null || routerId === null || listenPort === null ? null : { asn, routerId, listenPort };
}

function field(name: string, value: string | number | null): string {
  return value === null ? "" : ` ${name}=${value}`;
}

function list(name: string, values: readonly (string | number)[]): string {
  return values.length === 0 ? "" : ` ${name}=${values.join(",")}`;
}

function parseNumber(text: string): number | null {
  return /^[0-9]{1,10}$/.test(text) ? Number(text) : null;
}

function parseText(text: string): string {
  return text;
}

class Fields {
  readonly #values: ReadonlyMap<string, string>;

  constructor(words: readonly string[]) {
    this.#values = new Map(
      words.map((word) => {
        const at = word.indexOf("=");
        return at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
      }),
    );
  }

  one<T>(name: string, parse: (text: string) => T | null): T | null {
    const text = this.#values.get(name);
    return text === undefined ? null : parse(text);
  }

  many<T>(name: string, parse: (text: string) => T | null): readonly T[] {
    const text = this.#values.get(name);
    return text === undefined ? [] : text.split(",").flatMap((each) => parse(each) ?? []);
  }
}
