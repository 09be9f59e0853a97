// Marks: large communities that tell gobgpd's export policy which neighbours a route is kept from. They stay in its table.
import { compareAddresses } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { parseLargeCommunity, uniqueCommunities } from "../../model/community.ts";
import type { LargeCommunity } from "../../model/community.ts";
import type { Route } from "../../model/route.ts";

/** The number that keeps a route from a neighbour. */
export type Marks = ReadonlyMap<Address, number>;

/** AS 4294967295 is nobody's (RFC 7300), so no community of a network begins like this (RFC 8092 §2). */
const space = "4294967295:4242:";

/** What matches all marks, in a regular expression. */
export const anyMark = `^${space}.*$`;

export function markText(number: number): string {
  return `${space}${number}`;
}

/** What gobgpd makes of a mark in a set of communities: an expression that matches it alone. */
export function expressionOf(number: number): string {
  return `^${markText(number)}$`;
}

/** The route as it stands in the table; null: one of its neighbours has no mark, or it has a community like one. */
export function marked(route: Route, marks: Marks): Route | null {
  if (route.largeCommunities.some(isMark)) return null;
  if (route.notTo.length === 0) return route;
  const found = route.notTo.map((address) => {
    const number = marks.get(address);
    return number === undefined ? null : parseLargeCommunity(markText(number));
  });
  const all = found.filter((mark) => mark !== null);
  if (all.length < found.length) return null;
  return { ...route, largeCommunities: uniqueCommunities([...route.largeCommunities, ...all]), notTo: [] };
}

/** The other way round. A mark that is nobody's stays: no route of ours has one. */
export function unmarked(route: Route, owners: ReadonlyMap<number, Address>): Route {
  const notTo: Address[] = [];
  const largeCommunities = route.largeCommunities.filter((community) => {
    const address = owners.get(numberOf(community) ?? 0);
    if (address !== undefined) notTo.push(address);
    return address === undefined;
  });
  return notTo.length === 0 ? route : { ...route, largeCommunities, notTo: notTo.sort(compareAddresses) };
}

/** Of a route as it stands in the table. */
export function marksOf({ largeCommunities }: Route): readonly number[] {
  return largeCommunities.map(numberOf).filter((number) => number !== null);
}

function isMark(community: LargeCommunity): boolean {
  return community.startsWith(space);
}

function numberOf(community: string): number | null {
  return community.startsWith(space) ? Number(community.slice(space.length)) : null;
}
