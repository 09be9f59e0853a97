// Marks: large communities that tell gobgpd's export policy what becomes of a route on its way to single neighbours.
// They stay in its table.
import { compareAddresses } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import { parseLargeCommunity, uniqueCommunities } from "../../model/community.ts";
import type { Route, Variant } from "../../model/route.ts";
import { isMark, markSpace, markText } from "../marks.ts";
import { changed, rejected, treatmentKey, treatmentOf } from "./treatment.ts";
import type { Treatment } from "./treatment.ts";

/** What a mark says. */
export interface Mark {
  readonly neighbour: Address;
  readonly treatment: Treatment;
}

/** Marks by their numbers, and the other way round. */
export class Marks {
  readonly byNumber: ReadonlyMap<number, Mark>;
  readonly #numbers = new Map<string, Map<Address, number>>();

  constructor(entries: Iterable<readonly [number, Mark]> = []) {
    this.byNumber = new Map(entries);
    for (const [number, { neighbour, treatment }] of this.byNumber) {
      const key = treatmentKey(treatment);
      this.#numbers.set(key, (this.#numbers.get(key) ?? new Map<Address, number>()).set(neighbour, number));
    }
  }

  numberOf({ neighbour, treatment }: Mark): number | undefined {
    return this.#numbers.get(treatmentKey(treatment))?.get(neighbour);
  }
}

/** What matches all marks, in a regular expression. */
export const anyMark = `^${markSpace}.*$`;

/** Of the mark on a route that is about to be withdrawn: it is kept from everybody. */
export const leavingNumber = 0;

/** What gobgpd makes of a mark in a set of communities: an expression that matches it alone. */
export function expressionOf(number: number): string {
  return `^${markText(number)}$`;
}

/** What a route needs; null: no marks can say it, or it has a community like one. */
export function marksFor(route: Route, localAsn: Asn): readonly Mark[] | null {
  if (looksMarked(route)) return null;
  const marks = route.notTo.map((neighbour): Mark => ({ neighbour, treatment: rejected }));
  for (const variant of route.variants) {
    const treatment = looksMarked(variant) ? null : treatmentOf(route, variant, localAsn);
    if (treatment === null) return null;
    for (const neighbour of variant.to) marks.push({ neighbour, treatment });
  }
  return marks;
}

/** The route as it stands in the table, with these of its marks. */
export function marked(route: Route, numbers: readonly number[]): Route {
  if (route.notTo.length === 0 && route.variants.length === 0) return route;
  const all = numbers
    .map((number) => parseLargeCommunity(markText(number)))
    .filter((community) => community !== null);
  const largeCommunities = uniqueCommunities([...route.largeCommunities, ...all]);
  return { ...route, largeCommunities, notTo: [], variants: [] };
}

/** The other way round. A mark that is nobody's stays: no route of ours has one. */
export function unmarked(inTable: Route, { byNumber }: Marks, localAsn: Asn): Route {
  const found: Mark[] = [];
  const largeCommunities = inTable.largeCommunities.filter((community) => {
    const mark = byNumber.get(numberOf(community) ?? 0);
    if (mark !== undefined) found.push(mark);
    return mark === undefined;
  });
  if (found.length === 0) return inTable;
  const route: Route = { ...inTable, largeCommunities };
  const notTo: Address[] = [];
  const groups = new Map<string, { readonly to: Address[]; readonly as: Omit<Variant, "to"> }>();
  for (const { neighbour, treatment } of found) {
    if (treatment.t === "reject") {
      notTo.push(neighbour);
      continue;
    }
    const key = treatmentKey(treatment);
    const alike = groups.get(key);
    if (alike === undefined) groups.set(key, { to: [neighbour], as: changed(route, treatment, localAsn) });
    else alike.to.push(neighbour);
  }
  const variants = [...groups.values()].map(({ to, as }): Variant => ({
    to: to.sort(compareAddresses),
    ...as,
  }));
  return { ...route, notTo: notTo.sort(compareAddresses), variants: variants.sort(byFirst) };
}

/** Of a route as it stands in the table. */
export function marksOf({ largeCommunities }: Pick<Route, "largeCommunities">): readonly number[] {
  return largeCommunities.map(numberOf).filter((number) => number !== null);
}

function looksMarked({ largeCommunities }: Pick<Route, "largeCommunities">): boolean {
  return largeCommunities.some((community) => numberOf(community) !== null);
}

function numberOf(community: string): number | null {
  return isMark(community) ? Number(community.slice(markSpace.length)) : null;
}

function byFirst({ to: [a] }: Variant, { to: [b] }: Variant): number {
  return a === undefined || b === undefined ? 0 : compareAddresses(a, b);
}
