// Notes for ourselves in the files that BIRD includes: what a piece of configuration was made from, in a comment behind
// it. `#= 192.0.2.1/32 med=50 communities=64512:100,65535:0`; fields that are as plain as can be are left out.
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { parseAsn } from "../../model/asn.ts";
import type { Asn } from "../../model/asn.ts";
import { parseCommunity, parseLargeCommunity } from "../../model/community.ts";
import { parsePrefix } from "../../model/prefix.ts";
import type { Route, Variant } from "../../model/route.ts";
import type { BgpInstance } from "../contract.ts";
import { field, Fields, list, parseNumber } from "../note-fields.ts";

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
