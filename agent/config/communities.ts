// `communities` of a BGPConfiguration: names for communities, and what a text in prefixAdvertisements stands for.
import { parseCommunity, parseLargeCommunity } from "../model/community.ts";
import type { AnyCommunity } from "../model/community.ts";
import { quote } from "../model/problem.ts";
import { readList, refused, tellUnknown } from "./entries.ts";
import type { Entry, Tell } from "./entries.ts";
import { isEmpty, isRecord } from "./spec.ts";

/** By name; null: the name is given to something that is no community, which is told where it is given. */
export type CommunityNames = ReadonlyMap<string, AnyCommunity | null>;

export const communityForms = "aa:nn with parts up to 65535, or aa:nn:mm with parts up to 4294967295";

/** Returns null for anything but a standard or a large community. */
export function parseAnyCommunity(text: unknown): AnyCommunity | null {
  if (typeof text !== "string") return null;
  const community = parseCommunity(text);
  if (community !== null) return { t: "standard", community };
  const large = parseLargeCommunity(text);
  return large === null ? null : { t: "large", community: large };
}

export function readCommunityNames(value: unknown, field: string, tell: Tell): CommunityNames {
  const names = new Map<string, AnyCommunity | null>();
  readList({
    value,
    field,
    form: "{name, value}",
    lastGood: null,
    readEntry: (entry, at) => readEntry(entry, at, names, tell),
    tell,
  });
  return names;
}

function readEntry(
  entry: unknown,
  at: string,
  names: Map<string, AnyCommunity | null>,
  tell: Tell,
): Entry<AnyCommunity> {
  if (entry === null) return { t: "empty" };
  if (!isRecord(entry)) return refused(at, `${quote(entry)} is not of the form {name: …, value: …}`);
  tellUnknown(entry, at, ["name", "value"], tell);
  const [name, value] = [entry["name"], entry["value"]];
  if (isEmpty(name) && isEmpty(value)) return { t: "empty" };
  if (typeof name !== "string" || name === "")
    return refused(`${at}.name`, isEmpty(name) ? "the name is missing" : `${quote(name)} is not a name`);
  if (parseAnyCommunity(name) !== null)
    return refused(`${at}.name`, `${quote(name)} is a community itself, so it cannot be a name`);
  if (names.has(name))
    return refused(`${at}.name`, `the name ${quote(name)} is given twice; the first holds`);
  const community = parseAnyCommunity(value);
  names.set(name, community);
  if (community !== null) return { t: "taken", value: community };
  return refused(
    `${at}.value`,
    isEmpty(value) ? "the value is missing" : `${quote(value)} is not a community (${communityForms})`,
  );
}
