// What can be told of the drain: its phase, what asks for it, and what the speaker still holds.
import { drainCauseText } from "../decide/drain.ts";
import type { Drain, DrainCause } from "../decide/drain.ts";
import type { Problem } from "../model/problem.ts";
import type { Desired } from "./desired.ts";
import type { DrainRequests } from "./drain-request.ts";
import type { Drainer } from "./drainer.ts";
import type { Loop, LoopState } from "./loop.ts";

export interface DrainCauseReport {
  readonly cause: DrainCause["t"];
  /** In words. */
  readonly says: string;
  /** ISO 8601; null: not known. */
  readonly since: string | null;
}

export interface DrainReport {
  readonly node: string;
  readonly phase: Drain["t"];
  /** The phase is the one to stay in, and the speaker holds what is wanted in it, nothing more and nothing less. */
  readonly settled: boolean;
  /** Known at this moment: the phase follows with the next decision. */
  readonly causes: readonly DrainCauseReport[];
  readonly waitMs: number;
  /** Until the marked routes are withdrawn; null: no wait is under way. */
  readonly leftMs: number | null;
  /** Service routes and aggregates that the speaker holds; null: it is out of reach. */
  readonly routes: number | null;
  readonly speaker: LoopState["t"];
  readonly problem: Problem | null;
}

export function drainReport(parts: {
  readonly desired: Desired;
  readonly loop: Loop;
  readonly drainer: Drainer;
  readonly requests: DrainRequests;
}): DrainReport {
  const { desired, drainer, loop, requests } = parts;
  const { drain, leftMs, waitMs } = drainer;
  const ofNode = desired.view.drainCauses.filter(({ t }) => t !== "asked" && t !== "shutdown");
  const causes = [...drainer.requests, ...ofNode];
  const { state } = loop;
  const held = state.t === "holding" ? state.holder.held.routes : null;
  const counts = { wanted: 0, podCidrs: 0, missing: 0 };
  for (const { prefix, reason } of desired.routes()) {
    counts.wanted++;
    if (held?.has(prefix) === false) counts.missing++;
    else if (reason === "PodCidr") counts.podCidrs++;
  }
  const complete = held !== null && counts.missing === 0 && held.size === counts.wanted;
  const final = causes.length === 0 ? drain.t === "off" : drain.t === "withdrawn";
  return {
    node: desired.view.nodeName,
    phase: drain.t,
    settled: final && complete,
    causes: causes.map((cause) => ({
      cause: cause.t,
      says: drainCauseText(cause),
      since: cause.t === "asked" ? requests.since : null,
    })),
    waitMs,
    leftMs,
    routes: held === null ? null : held.size - counts.podCidrs,
    speaker: state.t,
    problem: requests.problem,
  };
}
