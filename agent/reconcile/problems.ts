// What is wrong with any object of the picture, and with what should be held because of it.
import type { View } from "../decide/view.ts";
import type { Problem } from "../model/problem.ts";
import { tableProblems } from "../plan/plan.ts";
import type { RouteTable } from "../plan/route-table.ts";
import { readAttributes } from "../plan/service-attributes.ts";
import type { Cluster } from "../watch/cluster.ts";

export interface ProblemsInput {
  readonly cluster: Cluster;
  readonly view: View;
  readonly table: RouteTable;
  /** Whether BGP has a router ID to start with. */
  readonly hasRouterId: boolean;
}

/** In no order. */
export function* problemsOf({ cluster, view, table, hasRouterId }: ProblemsInput): Iterable<Problem> {
  yield* cluster.problems();
  for (const service of cluster.services.values()) yield* readAttributes(service).problems;
  if (cluster.unsynced.size === 0) yield* nodeProblems(view, hasRouterId);
  yield* view.config.problems;
  yield* tableProblems(view.nodeName, table);
}

function* nodeProblems({ node, nodeName }: View, hasRouterId: boolean): Iterable<Problem> {
  const object = `Node/${nodeName}`;
  if (node === undefined)
    yield {
      object,
      field: "",
      severity: "error",
      message: "there is no such Node: nothing is announced; see --node-name",
    };
  else if (!hasRouterId)
    yield {
      object,
      field: "status.addresses",
      severity: "error",
      message:
        "the node has no InternalIP yet, and so no router ID: BGP is not started; --router-id sets one",
    };
}
