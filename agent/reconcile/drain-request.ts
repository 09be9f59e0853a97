// A drain asked of the agent itself, and taken back: at once in this agent, and in a file for the next one.
import type { Log } from "../model/log.ts";
import type { Problem } from "../model/problem.ts";
import type { Clock } from "../time/clock.ts";
import type { DrainStore } from "./drain-file.ts";
import type { Drainer } from "./drainer.ts";

export interface DrainRequestOptions {
  readonly drainer: Drainer;
  readonly file: DrainStore;
  readonly clock: Clock;
  readonly log: Log;
}

export class DrainRequests {
  readonly #options: DrainRequestOptions;
  #problem: Problem | null = null;
  #since: string | null = null;
  /** The last of the requests, which are carried out one after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: DrainRequestOptions) {
    this.#options = options;
  }

  /** What is wrong with the file; null: nothing. */
  get problem(): Problem | null {
    return this.#problem;
  }

  /** When the drain was asked for, ISO 8601; null: it is not asked for, or nobody knows since when. */
  get since(): string | null {
    return this.#since;
  }

  /** Takes over what an earlier agent on this node was asked for; to be called before the loop runs. */
  async restore(): Promise<void> {
    const { drainer, file } = this.#options;
    const stored = await file.read();
    switch (stored.t) {
      case "none":
        return;
      case "unknown":
        this.#tell(
          "error",
          `cannot tell whether a drain was asked for, and takes it that none was: ${stored.error.message}`,
        );
        return;
      case "asked":
        this.#since = stored.since;
        drainer.ask("asked");
        if (stored.since === null)
          this.#tell(
            "warning",
            "cannot be read; that it is there drains the node: bellman drain --undo removes it",
          );
    }
  }

  /** The node is drained from now on, until it is undone. Never rejects: see `problem`. */
  ask(): Promise<void> {
    return this.#oneByOne(async () => {
      const { drainer, file, clock, log } = this.#options;
      const asked = drainer.requests.some(({ t }) => t === "asked");
      if (!asked || this.#since === null) this.#since = new Date(clock.now()).toISOString();
      if (!asked) log.info({}, "asked to drain the node");
      drainer.ask("asked");
      await this.#save("the drain will not survive a restart of the agent", () =>
        file.write(this.#since ?? ""),
      );
    });
  }

  /** Nothing is asked of the agent any more. Never rejects: see `problem`. */
  undo(): Promise<void> {
    return this.#oneByOne(async () => {
      const { drainer, file, log } = this.#options;
      if (drainer.requests.some(({ t }) => t === "asked"))
        log.info({}, "asked to undo the drain of the node");
      this.#since = null;
      drainer.undo("asked");
      await this.#save("the next agent will drain the node again", () => file.remove());
    });
  }

  async #save(otherwise: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#problem = null;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#tell("warning", `${why}: ${otherwise}; see --state-dir`);
    }
  }

  #tell(severity: Problem["severity"], message: string): void {
    const { file, log } = this.#options;
    this.#problem = { object: `File/${file.path}`, field: "", severity, message };
    log[severity === "error" ? "error" : "warn"]({ file: file.path }, `${file.path}: ${message}`);
  }

  #oneByOne(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work);
    return this.#last;
  }
}
