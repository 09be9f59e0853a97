// What becomes of a route on its way to one neighbour, in terms that a rule of gobgpd can carry out.
import type { Asn } from "../../model/asn.ts";
import { uniqueCommunities } from "../../model/community.ts";
import type { Community, LargeCommunity } from "../../model/community.ts";
import type { Route, Variant } from "../../model/route.ts";

export type Treatment =
  | { readonly t: "reject" }
  | {
      readonly t: "change";
      /** Sorted. */
      readonly addCommunities: readonly Community[];
      readonly addLargeCommunities: readonly LargeCommunity[];
      /** null: as the route has it. */
      readonly med: number | null;
      readonly localPref: number | null;
      /** In this order in front of the path. */
      readonly prepend: readonly Asn[];
    };

export const rejected: Treatment = { t: "reject" };

/** What some neighbours are sent in place of the route's own. */
type Changed = Omit<Variant, "to">;

/** Many neighbours have one treatment. */
const keys = new WeakMap<Treatment, string>();

/** Equal for equal treatments. */
export function treatmentKey(treatment: Treatment): string {
  if (treatment.t === "reject") return treatment.t;
  const known = keys.get(treatment);
  if (known !== undefined) return known;
  const { addCommunities, addLargeCommunities, med, localPref, prepend } = treatment;
  const key = JSON.stringify([addCommunities, addLargeCommunities, med, localPref, prepend]);
  keys.set(treatment, key);
  return key;
}

/** null: a rule would have to take something away from the route. */
export function treatmentOf(route: Route, variant: Changed, localAsn: Asn): Treatment | null {
  const own = ownPath(route, localAsn);
  const prepend = variant.path.slice(0, Math.max(0, variant.path.length - own.length));
  const addCommunities = added(route.communities, variant.communities);
  const addLargeCommunities = added(route.largeCommunities, variant.largeCommunities);
  const samePath = variant.path.slice(prepend.length).every((asn, index) => asn === own[index]);
  if (addCommunities === null || addLargeCommunities === null) return null;
  if (variant.path.length < own.length || !samePath) return null;
  if (variant.med === null && route.med !== null) return null;
  if (variant.localPref === null && route.localPref !== null) return null;
  return {
    t: "change",
    addCommunities,
    addLargeCommunities,
    med: variant.med === route.med ? null : variant.med,
    localPref: variant.localPref === route.localPref ? null : variant.localPref,
    prepend,
  };
}

/** The other way round. */
export function changed(
  route: Route,
  treatment: Extract<Treatment, { readonly t: "change" }>,
  localAsn: Asn,
): Changed {
  return {
    communities: uniqueCommunities([...route.communities, ...treatment.addCommunities]),
    largeCommunities: uniqueCommunities([...route.largeCommunities, ...treatment.addLargeCommunities]),
    med: treatment.med ?? route.med,
    localPref: treatment.localPref ?? route.localPref,
    path: [...treatment.prepend, ...ownPath(route, localAsn)],
  };
}

function ownPath({ prepend }: Route, localAsn: Asn): readonly Asn[] {
  return Array.from({ length: prepend }, () => localAsn);
}

/** null: one is missing. */
function added<T extends Community | LargeCommunity>(
  own: readonly T[],
  wanted: readonly T[],
): readonly T[] | null {
  if (!own.every((community) => wanted.includes(community))) return null;
  return wanted.filter((community) => !own.includes(community));
}
