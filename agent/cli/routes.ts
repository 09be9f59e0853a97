// `bellman routes`: what the running agent announces, whether the speaker holds it, and what is not announced.
import type { RoutesJson } from "../serve/api.ts";
import { hasLists } from "./agent-client.ts";
import { askingCommand } from "./asking.ts";
import { routeTable } from "./route-table.ts";
import { sections } from "./table.ts";
import { refusalTable } from "./verdict-table.ts";

export const routesCommand = askingCommand<RoutesJson>({
  name: "routes",
  about:
    "What the running agent announces and whether its speaker holds it; what it does not announce, and why.",
  path: "/api/v1/routes",
  is: hasLists<RoutesJson>("routes", "verdicts"),
  table: routesTable,
  exitCode: () => 0,
});

export function routesTable({ node, routes, verdicts }: RoutesJson, wide: boolean): string {
  return sections(
    routes.length === 0 ? `${node} announces nothing.\n` : "",
    routeTable(routes, wide),
    refusalTable(verdicts),
  );
}
