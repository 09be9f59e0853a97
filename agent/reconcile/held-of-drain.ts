// What a speaker holds of the routes of a node that is being drained.
import type { HeldOfDrain } from "../decide/drain.ts";
import { gracefulShutdown } from "../model/community.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Route } from "../model/route.ts";
import type { PlannedRoute } from "../plan/planned-route.ts";

/** @param wanted all routes of the marking node; pod CIDRs are no part of the drain */
export function heldOfDrain(
  wanted: Iterable<PlannedRoute>,
  held: ReadonlyMap<Prefix, Route | null>,
): HeldOfDrain {
  let [missing, marked, unmarked] = [0, 0, 0];
  for (const { prefix, reason } of wanted) {
    if (reason === "PodCidr") continue;
    const route = held.get(prefix);
    if (route === undefined) missing++;
    else if (route?.communities.includes(gracefulShutdown) === true) marked++;
    else unmarked++;
  }
  if (marked + unmarked === 0) return "none";
  return unmarked === 0 && missing > 0 ? "leaving" : "some";
}
