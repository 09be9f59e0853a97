// What the loop tells of its work, for metrics; every member is called synchronously and must not throw.
import type { Passage } from "../decide/dataplane.ts";
import type { EngineErrorCode } from "../engine/contract.ts";

export interface ReconcileObserver {
  /** An API event reached the speaker. */
  eventApplied(seconds: number): void;
  /** A change of endpoints, by the clock of who wrote the slice, reached the speaker. */
  triggerApplied(seconds: number): void;
  applied(op: "change" | "adopt" | "repair", seconds: number): void;
  applyFailed(code: EngineErrorCode): void;
  driftRepaired(items: number): void;
  /** A new route was held back until the node's proxy served it, or for another reason. */
  dataplaneWaited(how: Passage, seconds: number): void;
  /** The speaker came back empty, or its BGP instance had to be started anew. */
  engineRestarted(): void;
}
