// A node's `bellman agent`, as a process of its own.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Daemon } from "../../test/support/daemon.ts";
import { runIn } from "../../test/support/netns.ts";
import { until } from "../../test/support/until.ts";
import { at, isObject } from "./json.ts";
import type { NodeName } from "./layout.ts";
import { projectRoot } from "../../test/support/paths.ts";
import type { LabState } from "./state.ts";

/** What a GET of the agent's HTTP server answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export class Agent {
  static readonly http = "http://127.0.0.1:9179";
  readonly logFile: string;
  readonly #state: LabState;
  readonly #node: NodeName;
  readonly #netns: string;
  readonly #settings: readonly string[];
  #daemon: Daemon | null = null;

  /** @param settings flags beside --node-name, --http and --log-format. */
  constructor(state: LabState, node: NodeName, netns: string, settings: readonly string[]) {
    this.#state = state;
    this.#node = node;
    this.#netns = netns;
    this.#settings = settings;
    this.logFile = state.logOf(`${node}-agent`);
  }

  get running(): boolean {
    return this.#daemon?.running ?? false;
  }

  get pid(): number {
    if (this.#daemon === null) throw new Error(`${this.#node}: no agent was started`);
    return this.#daemon.pid;
  }

  /** The command line, for those who want to run it by hand. */
  argv(more: readonly string[] = []): readonly string[] {
    const own = [
      "--node-name",
      this.#node,
      "--http",
      Agent.http.replace("http://", ""),
      "--log-format",
      "json",
      "--state-dir",
      join(this.#state.directory, "state"),
    ];
    const bundle = join(projectRoot, "dist/bellman.mjs");
    return [process.execPath, bundle, "agent", ...own, ...this.#settings, ...more];
  }

  /** Starts the process; `ready()` tells when it has done its first work. */
  start(...more: readonly string[]): void {
    if (this.running) throw new Error(`${this.#node}: the agent runs already`);
    this.#daemon = this.#state.start(`${this.#node}-agent`, this.argv(more), { netns: this.#netns });
  }

  /** @returns the exit code, or the signal's name. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | string> {
    return this.#daemon === null ? "never started" : this.#daemon.stop(signal);
  }

  /** Ends it and starts it again at once. */
  async restart(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await this.stop(signal);
    this.start();
  }

  /** Waits until /readyz says yes: synced, and the first apply done. */
  async ready(timeoutMs = 20_000): Promise<void> {
    const daemon = this.#daemon;
    const outcome = await until(
      `${this.#node}: the agent is ready (see ${this.logFile})`,
      async () => {
        if (!this.running) return "ended";
        return (await this.get("/readyz")).status === 200 && "ready";
      },
      { timeoutMs, everyMs: 200 },
    );
    if (outcome === "ended") throw new Error(daemon?.lastWords() ?? `${this.#node}: no agent was started`);
  }

  /** GET from inside the node. @throws when nothing answers. */
  async get(path: string): Promise<Answer> {
    const script = join(projectRoot, "lab/get.mjs");
    const printed: unknown = JSON.parse(
      await runIn(this.#netns, process.execPath, script, `${Agent.http}${path}`),
    );
    return { status: Number(at(printed, "status")), body: String(at(printed, "body")) };
  }

  /** `api("status")`: the JSON of /api/v1/status. */
  async api(name: string): Promise<unknown> {
    const { status, body } = await this.get(`/api/v1/${name}`);
    if (status !== 200) throw new Error(`/api/v1/${name} answered ${status}: ${body}`);
    return JSON.parse(body);
  }

  /** Every JSON line that this and earlier agents on the node have logged; other text is left out. */
  log(): readonly Readonly<Record<string, unknown>>[] {
    return readFileSync(this.logFile, "utf8")
      .split("\n")
      .flatMap((line) => {
        try {
          const entry: unknown = JSON.parse(line);
          return isObject(entry) ? [entry] : [];
        } catch {
          return [];
        }
      });
  }
}
