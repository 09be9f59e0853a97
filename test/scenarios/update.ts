// Writes what a scenario really leads to into its `then:`, for a person to review; the rest of the file stays.
import { readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { nodeNames } from "../../lab/rack/layout.ts";
import { problemsOf, refusalsOf, routesOf } from "./compare.ts";
import { refusalReasons } from "../../agent/model/reason.ts";
import type { OnNodes, RouteOnNode } from "./expectation.ts";
import { plansOf } from "./offline.ts";
import type { Played } from "./offline.ts";
import { ScenarioReader } from "./reader.ts";
import type { Scenario } from "./scenario.ts";

export function updateScenario(scenario: Scenario): void {
  const { document } = new ScenarioReader(scenario.file, readFileSync(scenario.file, "utf8"));
  for (const [index, played] of [...plansOf(scenario)].entries())
    document.setIn(
      ["steps", index, "then"],
      document.createNode(expectationOf(played), { aliasDuplicateObjects: false }),
    );
  writeFileSync(scenario.file, document.toString({ lineWidth: 0 }));
}

/** In the form in which people write it: nodes that agree together, what is usual left out. */
function expectationOf({ step, plans }: Played): object {
  const routes = [...routesOf(plans)].map(([prefix, nodes]) => [prefix, grouped(nodes, shortRoute)] as const);
  const refused = [...step.then.refused.keys()].flatMap((subject) => {
    const reasons = [...refusalsOf(subject, plans)].filter(([, reason]) =>
      Object.hasOwn(refusalReasons, reason),
    );
    return reasons.length === 0 ? [] : [[subject, grouped(new Map(reasons), (reason) => reason)] as const];
  });
  const problems = problemsOf(plans);
  return {
    routes: Object.fromEntries(routes),
    ...(refused.length > 0 && { refused: Object.fromEntries(refused) }),
    ...(problems.length > 0 && { problems }),
    ...(step.then.guard !== null && { guard: plans.get("n1")?.guard }),
  };
}

function grouped<T>(nodes: OnNodes<T>, short: (value: T) => unknown): unknown {
  const groups: { readonly names: string[]; readonly value: T }[] = [];
  for (const [node, value] of nodes) {
    const group = groups.find((each) => isDeepStrictEqual(each.value, value));
    if (group === undefined) groups.push({ names: [node], value });
    else group.names.push(node);
  }
  const [first] = groups;
  if (first !== undefined && first.names.length === nodeNames.length) return short(first.value);
  return Object.fromEntries(groups.map(({ names, value }) => [names.join(" "), short(value)]));
}

function shortRoute({
  reason,
  communities,
  largeCommunities,
  med,
  localPref,
  prepend,
}: RouteOnNode): unknown {
  const attributes = {
    ...(communities.length > 0 && { communities }),
    ...(largeCommunities.length > 0 && { largeCommunities }),
    ...(med !== null && { med }),
    ...(localPref !== null && { localPref }),
    ...(prepend > 0 && { prepend }),
  };
  return Object.keys(attributes).length === 0 ? reason : { reason, ...attributes };
}
