// The drain of a node: what asks for it, and the phases it goes through. Pure: time is an argument.
import type { TaintPattern } from "../config/settings-lists.ts";
import type { Node, Taint } from "../model/node.ts";
import { quote } from "../model/problem.ts";

export type DrainCause =
  /** Through the agent: `bellman drain`. */
  | { readonly t: "asked" }
  /** The agent has been told to end, and to take its routes with it. */
  | { readonly t: "shutdown" }
  | { readonly t: "annotation" }
  /** The Node object has a deletionTimestamp, or is gone. */
  | { readonly t: "deletion" }
  | { readonly t: "taint"; readonly taint: Taint };

/** The cluster autoscaler sets it before it takes a node away. */
const autoscalerTaint: TaintPattern = {
  key: "ToBeDeletedByClusterAutoscaler",
  value: null,
  effect: null,
};

/** What the Node object has that drains it; none: nothing. */
export function nodeDrainCauses(node: Node, drainTaints: readonly TaintPattern[]): readonly DrainCause[] {
  const patterns = [autoscalerTaint, ...drainTaints];
  const taints = node.taints.filter((taint) => patterns.some((pattern) => matches(pattern, taint)));
  return [
    ...(node.deleting ? [{ t: "deletion" } as const] : []),
    ...(node.drainRequested ? [{ t: "annotation" } as const] : []),
    ...taints.map((taint) => ({ t: "taint", taint }) as const),
  ];
}

function matches({ key, value, effect }: TaintPattern, taint: Taint): boolean {
  return (
    taint.key === key &&
    (value === null || taint.value === value) &&
    (effect === null || taint.effect === effect)
  );
}

/** In words, to follow "drained: ". */
export function drainCauseText(cause: DrainCause): string {
  switch (cause.t) {
    case "asked":
      return "asked for by bellman drain";
    case "shutdown":
      return "the agent ends (--shutdown withdraw)";
    case "annotation":
      return 'annotation bellman.bgp/drain is "true"';
    case "deletion":
      return "the Node object is being deleted";
    case "taint": {
      const { key, value, effect } = cause.taint;
      return `taint ${quote(`${key}${value === "" ? "" : `=${value}`}${effect === "" ? "" : `:${effect}`}`)}`;
    }
  }
}

/** How far a drain is. */
export type Drain =
  | { readonly t: "off" }
  /** Routes are to be marked. The wait has not begun: the speaker is not known to hold them so. */
  | { readonly t: "marking" }
  /** The speaker has held them marked since then (monotonic clock), or has refused to. */
  | { readonly t: "marked"; readonly sinceMs: number }
  /** No service route is wanted any more. */
  | { readonly t: "withdrawn" };

/**
 * What of the routes that a marking node wants a speaker holds: `none`, or there are none to hold; `leaving`: all that
 * it holds are marked, and others are missing; `some`: anything else.
 */
export type HeldOfDrain = "none" | "leaving" | "some";

export type DrainEvent =
  | { readonly t: "causes"; readonly any: boolean }
  /** A speaker was opened, and nothing has been applied to it. `first`: since the agent started. */
  | { readonly t: "opened"; readonly held: HeldOfDrain; readonly first: boolean }
  /** The speaker has been asked for all that was wanted in this state, and has answered. */
  | { readonly t: "applied"; readonly held: HeldOfDrain; readonly nowMs: number }
  /** The time between marking and withdrawing is over. */
  | { readonly t: "waited" }
  /** The speaker is out of reach. */
  | { readonly t: "lost" };

/** An event that means nothing in a state leaves it as it is, the very object. */
export function nextDrain(drain: Drain, event: DrainEvent): Drain {
  switch (event.t) {
    case "causes":
      if (!event.any) return drain.t === "off" ? drain : { t: "off" };
      return drain.t === "off" ? { t: "marking" } : drain;
    case "opened":
      return drain.t === "marking" && hasLeft(event) ? { t: "withdrawn" } : drain;
    case "applied":
      if (drain.t !== "marking") return drain;
      // Without a route there is nothing that a neighbour could prefer others to.
      return event.held === "none" ? { t: "withdrawn" } : { t: "marked", sinceMs: event.nowMs };
    case "waited":
      return drain.t === "marked" ? { t: "withdrawn" } : drain;
    case "lost":
      // What the neighbours know is uncertain: once the speaker is back the wait begins anew.
      return drain.t === "marked" ? { t: "marking" } : drain;
  }
}

/**
 * Never announce again what has been withdrawn: a speaker without our routes has lost them, or an earlier run of the
 * agent took them back. One that holds marked routes only, and not all, was left by a run that was taking them back.
 */
function hasLeft({ held, first }: { held: HeldOfDrain; first: boolean }): boolean {
  return held === "none" || (held === "leaving" && first);
}
