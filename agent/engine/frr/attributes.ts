// What a route is, beside its prefix, as the route-map of its `network` line says it.
import { familyOf, parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { parseAsn } from "../../model/asn.ts";
import type { Asn } from "../../model/asn.ts";
import { parseCommunity, parseLargeCommunity, uniqueCommunities } from "../../model/community.ts";
import type { Community, LargeCommunity } from "../../model/community.ts";
import type { Route, Variant } from "../../model/route.ts";
import { markText } from "../marks.ts";
import type { AttributesContext } from "./contexts.ts";
import { heeded } from "./heeded.ts";
import { ownMark } from "./names.ts";
import { denyMark, variantMark } from "./export-policy.ts";

export type Attributes = Omit<Route, "prefix">;

/**
 * All of it in one word without spaces, by which it is known again. Equal attributes are equal words.
 *
 * Short names, for the word stands in bgpd's configuration, whose lines have a limit.
 */
export function describeAttributes(attributes: Attributes): string {
  const { nextHop, communities, largeCommunities, med, localPref, prepend, notTo, variants } = attributes;
  return JSON.stringify([
    nextHop,
    communities,
    largeCommunities,
    med,
    localPref,
    prepend,
    notTo,
    variants.map((variant) => [
      variant.to,
      variant.communities,
      variant.largeCommunities,
      variant.med,
      variant.localPref,
      variant.path,
    ]),
  ]);
}

/** null: the word is none of ours. */
export function parseAttributes(description: string): Attributes | null {
  const value = parseJson(description);
  const [nextHop, communities, largeCommunities, med, localPref, prepend, notTo, variants] = entriesOf(value);
  const attributes = {
    nextHop: nextHop === null ? null : toAddress(nextHop),
    communities: listOf(communities, toCommunity),
    largeCommunities: listOf(largeCommunities, toLargeCommunity),
    med: toNumber(med),
    localPref: toNumber(localPref),
    prepend: toNumber(prepend),
    notTo: listOf(notTo, toAddress),
    variants: listOf(variants, toVariant),
  };
  if (!isWhole(attributes)) return null;
  const { prepend: times, ...others } = attributes;
  if (times === null) return null;
  const read = { ...others, prepend: times };
  // Whatever else may be written otherwise, such as the order.
  return describeAttributes(read) === description ? read : null;
}

/** What attributes.hbs is given, but for the name. */
export function attributesContext(attributes: Attributes, localAsn: Asn): Omit<AttributesContext, "name"> {
  const { nextHop, communities, med, localPref, prepend, notTo, variants } = attributes;
  const marks = [
    ownMark,
    ...notTo.map((address) => denyMark(address)),
    ...variants.flatMap((variant) => variant.to.map((address) => variantMark(address, variant, prepend > 0))),
    ...communities.flatMap((community) => heeded.get(community) ?? []),
  ].map((number) => parseLargeCommunity(markText(number)));
  return {
    description: describeAttributes(attributes),
    communities: communities.filter((community) => !heeded.has(community)),
    largeCommunities: uniqueCommunities([
      ...attributes.largeCommunities,
      ...marks.filter((mark) => mark !== null),
    ]),
    med,
    localPref,
    prepend: Array<Asn>(prepend).fill(localAsn),
    nextHop: nextHop === null ? null : { address: nextHop, ipv6: familyOf(nextHop) === "ipv6" },
  };
}

function toVariant(value: unknown): Variant | undefined {
  const [to, communities, largeCommunities, med, localPref, path] = entriesOf(value);
  const variant = {
    to: listOf(to, toAddress),
    communities: listOf(communities, toCommunity),
    largeCommunities: listOf(largeCommunities, toLargeCommunity),
    med: toNumber(med),
    localPref: toNumber(localPref),
    path: listOf(path, (asn) => parseAsn(asn) ?? undefined),
  };
  return isWhole(variant) ? variant : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

type Whole<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };

function isWhole<T extends object>(value: T): value is T & Whole<T> {
  return Object.values(value).every((part) => part !== undefined);
}

function toAddress(value: unknown): Address | undefined {
  return typeof value === "string" ? (parseAddress(value) ?? undefined) : undefined;
}

function toCommunity(value: unknown): Community | undefined {
  return typeof value === "string" ? (parseCommunity(value) ?? undefined) : undefined;
}

function toLargeCommunity(value: unknown): LargeCommunity | undefined {
  return typeof value === "string" ? (parseLargeCommunity(value) ?? undefined) : undefined;
}

function toNumber(value: unknown): number | null | undefined {
  return value === null || (Number.isInteger(value) && typeof value === "number") ? value : undefined;
}

function listOf<T>(value: unknown, parse: (entry: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const parsed = value.map((entry: unknown) => parse(entry)).filter((entry) => entry !== undefined);
  return parsed.length === value.length ? parsed : undefined;
}
