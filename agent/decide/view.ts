// All that a decision depends on beside the service itself: the node, what is configured for it, and how to decide.
import type { NodeConfig } from "../config/node-config.ts";
import type { TaintPattern } from "../config/settings-lists.ts";
import type { Node } from "../model/node.ts";
import type { RefusalReason } from "../model/reason.ts";
import { unasked } from "./dataplane.ts";
import type { Dataplane } from "./dataplane.ts";
import type { DrainCause } from "./drain.ts";
import { nodeRefusal } from "./node-gates.ts";
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
  /** All service routes of the node are marked, or have been withdrawn. */
  readonly draining: boolean;
  /** What drains the node; none: it is not drained. */
  readonly drainCauses: readonly DrainCause[];
  readonly dataplane: Dataplane;
}

/** Whether and why a node is drained, and whether its marked routes have had their time. */
export interface NodeDrain {
  readonly causes: readonly DrainCause[];
  readonly withdrawn: boolean;
}

export function makeView(
  nodeName: string,
  node: Node | undefined,
  config: NodeConfig,
  settings: DecideSettings,
  { causes, withdrawn }: NodeDrain,
  dataplane: Dataplane = unasked,
): View {
  return {
    nodeName,
    node,
    config,
    settings,
    nodeRefusal: nodeRefusal(node, settings.excludeLabel) ?? (withdrawn ? "NodeDraining" : null),
    draining: causes.length > 0,
    drainCauses: causes,
    dataplane,
  };
}
