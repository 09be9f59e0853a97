// A plan for people: what is announced and why, what is not and why, who gets it, what is wrong.
import type { Plan } from "../plan/plan.ts";
import type { PlannedRoute } from "../plan/planned-route.ts";
import { table } from "./table.ts";

/** @param wide with the attributes of each route. */
export function planTable(plan: Plan, wide: boolean): string {
  const refused = plan.verdicts.filter((verdict) => !verdict.announce);
  const sections = [
    plan.excluded ? "This node is excluded from external load balancers by its label.\n" : "",
    plan.routes.length === 0 ? `${plan.node} announces nothing.\n` : "",
    table(
      ["PREFIX", "REASON", "SERVICES", ...(wide ? ["NEXT HOP", "COMMUNITIES", "MED", "LOCAL PREF"] : [])],
      plan.routes.map((route) => [
        route.prefix,
        route.reason,
        route.services.join(" ") || "-",
        ...(wide ? attributes(route) : []),
      ]),
    ),
    table(
      ["NOT ANNOUNCED", "REASON", "SERVICE"],
      refused.map(({ address, reason, service }) => [address ?? "-", reason, service]),
    ),
    table(
      ["PEER", "ADDRESS", "AS", "LOCAL AS", "ROUTES"],
      plan.peers.map(({ name, address, port, asn, localAsn, routes }) => [
        name,
        address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
        String(asn),
        String(localAsn),
        String(routes.length),
      ]),
    ),
    table(
      ["PROBLEM", "OBJECT", "FIELD", "MESSAGE"],
      plan.problems.map(({ severity, object, field, message }) => [severity, object, field || "-", message]),
    ),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function attributes(route: PlannedRoute): readonly string[] {
  return [
    route.nextHop ?? "self",
    [...route.communities, ...route.largeCommunities].join(" ") || "-",
    route.med === null ? "-" : String(route.med),
    route.localPref === null ? "-" : String(route.localPref),
  ];
}
