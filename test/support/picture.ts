// A complete picture of objects as the API writes them, and how a node decides on it that has no settings of its own.
import type { DesiredOptions } from "../../agent/reconcile/desired.ts";
import { Cluster } from "../../agent/watch/cluster.ts";
import { decode, modelKey } from "../../agent/watch/decode/decode.ts";
import { kindNames } from "../../agent/watch/kinds.ts";
import type { Kind } from "../../agent/watch/kinds.ts";

/** Of node n1. */
export const plainDecisions = {
  nodeName: "n1",
  podCidrs: "off",
  routerId: null,
  listenPort: null,
  excludeLabel: "kubernetes",
  terminating: "deprefer",
  drainTaints: [],
  loadBalancerClasses: [],
} as const satisfies DesiredOptions;

export type WireObject = readonly [Kind, unknown];

/** @throws {DecodeError} for one without a proper name */
export function pictureWith(objects: readonly WireObject[]): Cluster {
  const cluster = new Cluster();
  for (const kind of kindNames) {
    cluster.replace(kind, new Map());
    for (const [of, wire] of objects) {
      if (of !== kind) continue;
      const object = decode(kind, wire);
      cluster.set(kind, modelKey(object), object);
    }
  }
  return cluster;
}
