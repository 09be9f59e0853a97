// A plan for people: what is announced and why, what is not and why, who gets it, what is wrong.
import { endpointText } from "../config/values.ts";
import type { Plan } from "../plan/plan.ts";
import { problemTable } from "./problem-table.ts";
import { routeTable } from "./route-table.ts";
import { sections, table } from "./table.ts";
import { refusalTable } from "./verdict-table.ts";

/** @param wide with the attributes of each route. */
export function planTable(plan: Plan, wide: boolean): string {
  return sections(
    plan.excluded ? "This node is excluded from external load balancers by its label.\n" : "",
    plan.routes.length === 0 ? `${plan.node} announces nothing.\n` : "",
    routeTable(plan.routes, wide),
    refusalTable(plan.verdicts),
    table(
      ["PEER", "ADDRESS", "AS", "LOCAL AS", "ROUTES"],
      plan.peers.map((peer) => [
        peer.name,
        endpointText(peer),
        String(peer.asn),
        String(peer.localAsn),
        String(peer.routes.length),
      ]),
    ),
    problemTable(plan.problems),
  );
}
