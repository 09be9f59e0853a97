// Routes for people, with their attributes in the wide form.
import type { RouteJson } from "../plan/json.ts";
import { table } from "./table.ts";

type Shown = RouteJson & { readonly nextHop?: string | null; readonly held?: boolean };

/** Whether each is held is told where it is known. */
export function routeTable(routes: readonly Shown[], wide: boolean): string {
  const withHeld = routes.some(({ held }) => held !== undefined);
  const withNextHop = routes.some(({ nextHop }) => nextHop !== undefined);
  return table(
    [
      "PREFIX",
      "REASON",
      ...(withHeld ? ["HELD"] : []),
      "SERVICES",
      ...(wide ? [...(withNextHop ? ["NEXT HOP"] : []), "COMMUNITIES", "MED", "LOCAL PREF", "PREPEND"] : []),
    ],
    routes.map((route) => [
      route.prefix,
      route.reason,
      ...(withHeld ? [route.held === true ? "yes" : "no"] : []),
      route.services.join(" ") || "-",
      ...(wide ? [...(withNextHop ? [route.nextHop ?? "self"] : []), ...attributes(route)] : []),
    ]),
  );
}

function attributes(route: RouteJson): readonly string[] {
  return [
    [...route.communities, ...route.largeCommunities].join(" ") || "-",
    route.med === null ? "-" : String(route.med),
    route.localPref === null ? "-" : String(route.localPref),
    String(route.prepend),
  ];
}
