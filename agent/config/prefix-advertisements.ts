// prefixAdvertisements of a BGPConfiguration: what routes inside a CIDR carry.
import type { Community, LargeCommunity } from "../model/community.ts";
import { uniqueCommunities } from "../model/community.ts";
import { prefixContainer } from "../model/prefix.ts";
import { quote } from "../model/problem.ts";
import { parseAnyCommunity } from "./communities.ts";
import type { CommunityNames } from "./communities.ts";
import { readCidr, readList, refused, tellUnknown } from "./entries.ts";
import type { Entry, List, Refusal, Tell } from "./entries.ts";
import type { Advertisement } from "./node-config.ts";
import { isEmpty, isRecord } from "./spec.ts";
import { nearest } from "../model/suggest.ts";

/** @param names those of the same object */
export function readAdvertisements(
  value: unknown,
  field: string,
  names: CommunityNames,
  lastGood: readonly Advertisement[] | null,
  tell: Tell,
): List<Advertisement> {
  const readEntry = (entry: unknown, at: string) => readAdvertisement(entry, at, names, tell);
  return readList({ value, field, form: "{cidr, communities}", lastGood, readEntry, tell });
}

function readAdvertisement(
  entry: unknown,
  at: string,
  names: CommunityNames,
  tell: Tell,
): Entry<Advertisement> {
  if (entry === null) return { t: "empty" };
  if (!isRecord(entry)) return refused(at, `${quote(entry)} is not of the form {cidr: …, communities: […]}`);
  tellUnknown(entry, at, ["cidr", "communities"], tell);
  const [cidr, communities] = [entry["cidr"], entry["communities"]];
  if (isEmpty(cidr)) return isEmpty(communities) ? { t: "empty" } : refused(at, "the entry has no cidr");
  const read = readCidr(cidr, `${at}.cidr`, tell);
  if (read.t !== "taken") return read;
  const carried = readCommunities(communities, `${at}.communities`, names);
  if (carried.nothing) {
    if (carried.refusals.length > 0) return { t: "refused", refusals: carried.refusals };
    if (isEmpty(communities)) tell(at, "warning", "the entry has no communities, and no effect");
  }
  for (const refusal of carried.refusals)
    tell(refusal.field, "error", `${refusal.says}; the entry's other communities hold`);
  const { standard, large } = carried;
  const prefix = read.value;
  return {
    t: "taken",
    value: { prefix, communities: standard, largeCommunities: large, covers: prefixContainer(prefix) },
  };
}

interface Carried {
  readonly standard: readonly Community[];
  readonly large: readonly LargeCommunity[];
  readonly nothing: boolean;
  readonly refusals: readonly Refusal[];
}

function readCommunities(value: unknown, field: string, names: CommunityNames): Carried {
  const standard = new Set<Community>();
  const large = new Set<LargeCommunity>();
  const refusals: Refusal[] = [];
  const texts: readonly unknown[] = Array.isArray(value) ? value : [];
  if (!isEmpty(value) && !Array.isArray(value))
    refusals.push({ field, says: `${quote(value)} is not a list of communities` });
  for (const [index, text] of texts.entries()) {
    const found = (typeof text === "string" ? names.get(text) : undefined) ?? parseAnyCommunity(text);
    if (found?.t === "standard") standard.add(found.community);
    else if (found?.t === "large") large.add(found.community);
    else refusals.push({ field: `${field}[${String(index)}]`, says: refusalOf(text, names) });
  }
  return {
    standard: uniqueCommunities(standard),
    large: uniqueCommunities(large),
    nothing: standard.size + large.size === 0,
    refusals,
  };
}

function refusalOf(text: unknown, names: CommunityNames): string {
  if (typeof text === "string" && names.has(text)) return `the value of ${quote(text)} is not a community`;
  const near = typeof text === "string" ? nearest(text, names.keys()) : null;
  const hint = near === null ? "" : ` (did you mean ${quote(near)}?)`;
  return `${quote(text)} is neither a community (aa:nn or aa:nn:mm) nor a name from this object's communities${hint}`;
}
