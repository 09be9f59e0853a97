// What keeps a node from attracting service traffic at all.
import type { Node } from "../model/node.ts";
import type { RefusalReason } from "../model/reason.ts";

/**
 * How the label node.kubernetes.io/exclude-from-external-load-balancers is read: `kubernetes` as Kubernetes ≥ 1.34
 * does (present excludes, unless its value is a "false"), `calico` only the value "true", `ignore` not at all.
 */
export type ExcludeLabelMode = "kubernetes" | "calico" | "ignore";

export const excludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

/** What Go's strconv.ParseBool takes for false. */
const falseTexts: ReadonlySet<string> = new Set(["0", "f", "F", "false", "FALSE", "False"]);

export function isExcluded(node: Node, mode: ExcludeLabelMode): boolean {
  const value = node.labels[excludeLabel];
  if (value === undefined) return false;
  switch (mode) {
    case "kubernetes":
      return !falseTexts.has(value);
    case "calico":
      return value === "true";
    case "ignore":
      return false;
  }
}

/** The first reason why this node announces no service route; null: it may. Cordon and NotReady are none. */
export function nodeRefusal(node: Node | undefined, mode: ExcludeLabelMode): RefusalReason | null {
  if (node === undefined) return "NotSynced";
  if (isExcluded(node, mode)) return "NodeExcluded";
  if (node.networkUnavailable) return "NodeNetworkUnavailable";
  return null;
}
