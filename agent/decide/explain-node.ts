// The state of the node as facts: what its gates look at.
import { quote } from "../model/problem.ts";
import { drainCauseText } from "./drain.ts";
import { excludeLabel, isExcluded } from "./node-gates.ts";
import type { View } from "./view.ts";

export function nodeFacts({ node, nodeName, nodeRefusal, settings, drainCauses }: View): readonly string[] {
  const name = `Node/${nodeName}`;
  if (node === undefined) return [`${name} has not been seen`];
  const label = node.labels[excludeLabel];
  const facts: string[] = [];
  if (label !== undefined)
    facts.push(
      `${name}: label ${excludeLabel}=${quote(label)} ` +
        `${isExcluded(node, settings.excludeLabel) ? "excludes it" : "does not exclude it"} (--exclude-label ${settings.excludeLabel})`,
    );
  if (node.networkUnavailable) facts.push(`${name}: condition NetworkUnavailable is True`);
  const withdrawn = nodeRefusal === "NodeDraining" ? ", its routes are withdrawn" : "";
  for (const cause of drainCauses) facts.push(`${name} is drained${withdrawn}: ${drainCauseText(cause)}`);
  return facts.length === 0 ? [`${name} may announce`] : facts;
}
