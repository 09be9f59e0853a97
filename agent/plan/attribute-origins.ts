// Where each attribute of a route comes from: a prefixAdvertisements entry, an annotation, or the marks of a drain.
import type { Advertisement } from "../config/node-config.ts";
import { gracefulShutdown } from "../model/community.ts";
import type { PlannedRoute } from "./planned-route.ts";
import type { Owner } from "./route-table.ts";

export interface AttributeOrigin {
  readonly attribute: "communities" | "largeCommunities" | "med" | "localPref" | "prepend";
  readonly value: string;
  /** Every place that asks for it, such as `Service/default/web annotation bellman.bgp/med`. */
  readonly from: readonly string[];
}

const drainMark = "the mark of a drain (RFC 8326)";

/** @param owners of the route, in the order of the route table. */
export function attributeOrigins(
  route: PlannedRoute,
  owners: readonly Owner[],
  advertisements: readonly Advertisement[],
): readonly AttributeOrigin[] {
  const marked = route.reason === "Draining";
  const covering = advertisements.filter((advertisement) => advertisement.covers(route.prefix));
  const lists = (["communities", "largeCommunities"] as const).flatMap((attribute) =>
    route[attribute].map((value): AttributeOrigin => {
      const holds = (list: readonly string[]) => list.includes(value);
      const from = [
        ...covering
          .filter((entry) => holds(entry[attribute]))
          .map(({ prefix }) => `BGPConfiguration spec.prefixAdvertisements for ${prefix}`),
        ...owners
          .filter((owner) => holds(owner.attributes[attribute]))
          .map(({ service }) => annotation(service, "communities")),
        ...(marked && value === gracefulShutdown ? [drainMark] : []),
      ];
      return { attribute, value, from };
    }),
  );
  const single = (["med", "localPref", "prepend"] as const).flatMap(
    (attribute): readonly AttributeOrigin[] => {
      const value = route[attribute];
      if (value === null || (attribute === "prepend" && value === 0)) return [];
      const owner = owners.find(({ attributes }) => attributes[attribute] === value);
      const isMark = marked && attribute !== "prepend";
      const from =
        isMark || owner === undefined ? [drainMark] : [annotation(owner.service, annotations[attribute])];
      return [{ attribute, value: String(value), from }];
    },
  );
  return [...lists, ...single];
}

const annotations = { med: "med", localPref: "local-pref", prepend: "prepend" } as const;

function annotation(service: string, name: string): string {
  return `Service/${service} annotation bellman.bgp/${name}`;
}
