// The route-map of what one neighbour is sent. It tells routes apart by their marks, which stay in bgpd's table: one
// that keeps the route from the neighbour, and one for each way in which the neighbour is sent it otherwise.
import type { Address } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import type { Variant } from "../../model/route.ts";
import { markText } from "../marks.ts";
import type { ExportContext, MarkContext, VariantContext } from "./contexts.ts";
import type { Attributes } from "./attributes.ts";
import { heeded } from "./heeded.ts";
import { anyMarkList, exportMap, markList, markNumber, ownMark } from "./names.ts";

/** Mark of the routes that the neighbour is not sent. */
export function denyMark(address: Address): number {
  return markNumber(`not to ${address}`);
}

/**
 * Mark of the routes that the neighbour is sent in this way.
 *
 * @param prepended whether the route itself has something in its AS_PATH, which has to go
 */
export function variantMark(address: Address, variant: Variant, prepended: boolean): number {
  return markNumber(`to ${address} ${JSON.stringify(contentOf(variant))}${prepended ? " prepended" : ""}`);
}

function contentOf({ communities, largeCommunities, med, localPref, path }: Variant) {
  return [communities, largeCommunities, med, localPref, path];
}

/** A way in which a neighbour is sent routes, by the number of its mark. */
export type Variants = ReadonlyMap<number, { readonly variant: Variant; readonly prepended: boolean }>;

/** The ways in which neighbours are sent routes with these attributes. */
export function variantsByNeighbour(all: Iterable<Attributes>): ReadonlyMap<Address, Variants> {
  const found = new Map<Address, Map<number, { variant: Variant; prepended: boolean }>>();
  for (const { variants, prepend } of all)
    for (const variant of variants)
      for (const address of variant.to) {
        const prepended = prepend > 0;
        const mine = found.get(address) ?? new Map<number, { variant: Variant; prepended: boolean }>();
        found.set(address, mine.set(variantMark(address, variant, prepended), { variant, prepended }));
      }
  return found;
}

const firstAdded = 2;
const firstVariant = 10;
/** The last place in a route-map is 65535. */
export const maxVariants = 65_535 - firstVariant;

/** Places in a neighbour's route-map by the number of the mark. */
export type Places = ReadonlyMap<number, number>;

/** Those that are there stay where they are. */
export function placesFor(variants: Variants, held: Places): Places {
  const places = new Map([...held].filter(([number]) => variants.has(number)));
  const taken = new Set(places.values());
  let next = firstVariant;
  for (const number of [...variants.keys()].sort((a, b) => a - b)) {
    if (places.has(number)) continue;
    while (taken.has(next)) next++;
    places.set(number, next++);
  }
  return places;
}

export function exportContext(
  address: Address,
  variants: Variants,
  places: Places,
  localAsn: Asn,
): ExportContext {
  return {
    name: exportMap(address),
    denied: markContext(denyMark(address)),
    added: [...heeded].map(([community, number], index) => ({
      ...markContext(number),
      sequence: firstAdded + index,
      community,
    })),
    variants: [...variants]
      .map(([number, { variant, prepended }]): VariantContext => {
        const { communities, largeCommunities, med, localPref, path } = variant;
        const exclude = prepended ? localAsn : null;
        const sequence = places.get(number) ?? firstVariant;
        return {
          ...markContext(number),
          sequence,
          communities,
          largeCommunities,
          med,
          localPref,
          exclude,
          path,
        };
      })
      .sort((a, b) => a.sequence - b.sequence),
    anyMark: anyMarkList,
    own: markList(ownMark),
  };
}

function markContext(number: number): MarkContext {
  return { list: markList(number), mark: markText(number) };
}
