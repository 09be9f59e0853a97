// The drain as it is lived through: follows what asks for it, waits between marking and withdrawing.
import { drainCauseText, nextDrain } from "../decide/drain.ts";
import type { Drain, DrainCause, DrainEvent, HeldOfDrain } from "../decide/drain.ts";
import { durationText } from "../model/duration.ts";
import type { Log } from "../model/log.ts";
import type { Clock } from "../time/clock.ts";
import { Alarm } from "./alarm.ts";

export interface DrainerOptions {
  readonly clock: Clock;
  /** From the marked routes being held by the speaker to their withdrawal. */
  readonly waitMs: number;
  /** Called when the node has to be decided anew, for a reason that no object of the cluster shows. */
  readonly changed: () => void;
  readonly log: Log;
}

/** What is asked of this agent, beside what the Node object says. */
export type DrainRequest = Extract<DrainCause["t"], "asked" | "shutdown">;

export class Drainer {
  readonly waitMs: number;
  readonly #options: DrainerOptions;
  readonly #alarm: Alarm;
  readonly #requests = new Set<DrainRequest>();
  #drain: Drain = { t: "off" };
  #causes: readonly DrainCause[] = [];
  #opened = false;

  constructor(options: DrainerOptions) {
    this.waitMs = options.waitMs;
    this.#options = options;
    this.#alarm = new Alarm(options.clock, options.changed);
  }

  /** As of the last decision. */
  get drain(): Drain {
    return this.#drain;
  }

  get requests(): readonly DrainCause[] {
    return [...this.#requests].map((t) => ({ t }));
  }

  /** Until the marked routes are withdrawn; null: no wait is under way. */
  get leftMs(): number | null {
    if (this.#drain.t !== "marked") return null;
    return Math.max(0, this.#drain.sinceMs + this.waitMs - this.#options.clock.monotonic());
  }

  ask(request: DrainRequest): void {
    if (this.#requests.has(request)) return;
    this.#requests.add(request);
    this.#options.changed();
  }

  undo(request: DrainRequest): void {
    if (this.#requests.delete(request)) this.#options.changed();
  }

  /** To be called with each decision on the node: what is decided then follows the state that is returned. */
  follow(causes: readonly DrainCause[]): Drain {
    this.#causes = causes;
    this.#next({ t: "causes", any: causes.length > 0 });
    if (this.#alarm.take()) this.#next({ t: "waited" });
    return this.#drain;
  }

  /** To be called before anything is applied to a speaker. @returns whether all has to be decided anew first. */
  opened(held: () => HeldOfDrain): boolean {
    const first = !this.#opened;
    this.#opened = true;
    return this.#drain.t === "marking" && this.#next({ t: "opened", held: held(), first });
  }

  /** To be called when the speaker has answered to all that was decided last. */
  applied(held: () => HeldOfDrain): void {
    if (this.drain.t !== "marking") return;
    this.#next({ t: "applied", held: held(), nowMs: this.#options.clock.monotonic() });
    if (this.#drain.t === "marked") this.#alarm.set(this.waitMs);
    else this.#options.changed();
  }

  /** The speaker is out of reach. */
  lost(): void {
    this.#next({ t: "lost" });
  }

  #next(event: DrainEvent): boolean {
    const before = this.#drain;
    this.#drain = nextDrain(before, event);
    if (this.#drain === before) return false;
    if (this.#drain.t !== "marked") this.#alarm.clear();
    this.#tell(this.#drain, event);
    return true;
  }

  #tell(drain: Drain, event: DrainEvent): void {
    const { log } = this.#options;
    const why = this.#causes.map(drainCauseText).join("; ");
    const fields = { drain: drain.t, causes: this.#causes };
    switch (drain.t) {
      case "off":
        log.info(fields, "the drain is undone: announcing again");
        return;
      case "marking":
        log.info(
          fields,
          event.t === "lost"
            ? "the drain goes on when the speaker is back, with a new wait"
            : `draining the node, marking its service routes: ${why}`,
        );
        return;
      case "marked":
        log.info(
          fields,
          `the speaker holds the marked routes; withdrawing them in ${durationText(this.waitMs)}`,
        );
        return;
      case "withdrawn":
        log.info(
          fields,
          event.t === "opened"
            ? `the node is drained, and stays so: what has been withdrawn is not announced again: ${why}`
            : "withdrawing the service routes of the drained node",
        );
    }
  }
}
