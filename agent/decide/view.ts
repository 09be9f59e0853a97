// All that a decision depends on beside the service itself: the node and what is configured for it.
import type { NodeConfig } from "../config/node-config.ts";
import type { Node } from "../model/node.ts";
import type { RefusalReason } from "../model/reason.ts";
import { nodeRefusal } from "./node-gates.ts";
import type { ExcludeLabelMode } from "./node-gates.ts";

export interface View {
  readonly nodeName: string;
  /** undefined: the own Node object has not been seen. */
  readonly node: Node | undefined;
  readonly config: NodeConfig;
  /** Why the node as a whole announces nothing; null: it may. */
  readonly nodeRefusal: RefusalReason | null;
}

export function makeView(
  nodeName: string,
  node: Node | undefined,
  config: NodeConfig,
  excludeLabel: ExcludeLabelMode,
): View {
  return { nodeName, node, config, nodeRefusal: nodeRefusal(node, excludeLabel) };
}
