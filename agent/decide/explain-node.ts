// The state of the node as facts: what its gates look at.
import { quote } from "../model/problem.ts";
import { excludeLabel, isExcluded } from "./node-gates.ts";
import type { View } from "./view.ts";

export function nodeFacts({ node, nodeName, settings, draining }: View): readonly string[] {
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
  if (node.deleting) facts.push(`${name} is being deleted: it drains`);
  if (node.drainRequested) facts.push(`${name}: annotation bellman.bgp/drain is "true": it drains`);
  if (draining && !node.deleting && !node.drainRequested)
    facts.push(
      `${name}: a taint drains it (${node.taints.map(({ key, effect }) => quote(effect === "" ? key : `${key}:${effect}`)).join(", ")})`,
    );
  return facts.length === 0 ? [`${name} may announce`] : facts;
}
