// All that a decision depends on beside the service itself: the node, what is configured for it, and how to decide.
import type { NodeConfig } from "../config/node-config.ts";
import type { TaintPattern } from "../config/settings-lists.ts";
import type { Node } from "../model/node.ts";
import type { RefusalReason } from "../model/reason.ts";
import { isDraining, nodeRefusal } from "./node-gates.ts";
import type { ExcludeLabelMode } from "./node-gates.ts";

/** The agent's own settings on which decisions depend. */
export interface DecideSettings {
  readonly excludeLabel: ExcludeLabelMode;
  /**
   * What becomes of a host route when only terminating endpoints serve: `deprefer` marks it, `keep` leaves it,
   * `withdraw` takes it back.
   */
  readonly terminating: "deprefer" | "keep" | "withdraw";
  /** Beside the cluster autoscaler's. */
  readonly drainTaints: readonly TaintPattern[];
  /** Classes of load balancers that are ours; empty: all. */
  readonly loadBalancerClasses: readonly string[];
}

export interface View {
  readonly nodeName: string;
  /** undefined: the own Node object has not been seen. */
  readonly node: Node | undefined;
  readonly config: NodeConfig;
  readonly settings: DecideSettings;
  /** Why the node as a whole announces no service route; null: it may. */
  readonly nodeRefusal: RefusalReason | null;
  /** All service routes of the node are marked. */
  readonly draining: boolean;
}

export function makeView(
  nodeName: string,
  node: Node | undefined,
  config: NodeConfig,
  settings: DecideSettings,
): View {
  return {
    nodeName,
    node,
    config,
    settings,
    nodeRefusal: nodeRefusal(node, settings.excludeLabel),
    draining: node !== undefined && isDraining(node, settings.drainTaints),
  };
}
