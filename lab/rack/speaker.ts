// A node's gobgpd. It is told nothing but where its API socket is: the agent does the rest.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Daemon } from "../../test/support/daemon.ts";
import type { NodeName } from "./layout.ts";
import { appears } from "./appears.ts";
import type { LabState } from "./state.ts";

export class Speaker {
  /** Path of the API socket. */
  readonly socket: string;
  /** As gRPC and `bellman agent --gobgp-address` want it. */
  readonly address: string;
  readonly #state: LabState;
  readonly #node: NodeName;
  readonly #netns: string;
  #daemon: Daemon | null = null;

  constructor(state: LabState, node: NodeName, netns: string) {
    this.#state = state;
    this.#node = node;
    this.#netns = netns;
    const directory = join(state.directory, node);
    mkdirSync(directory, { recursive: true });
    this.socket = join(directory, "gobgp.sock");
    this.address = `unix://${this.socket}`;
  }

  get running(): boolean {
    return this.#daemon?.running ?? false;
  }

  /** Starts gobgpd and waits for its socket. One that was killed leaves a stale socket, which it cannot bind over. */
  async start(): Promise<void> {
    if (this.running) throw new Error(`${this.#node}: gobgpd runs already`);
    rmSync(this.socket, { force: true });
    const argv = ["gobgpd", `--api-hosts=${this.address}`, "--pprof-disable"];
    const daemon = this.#state.start(`${this.#node}-gobgpd`, argv, { netns: this.#netns });
    this.#daemon = daemon;
    await appears(this.socket, daemon);
  }

  /** Sends a signal without waiting for an end: SIGSTOP and SIGCONT freeze and thaw it. */
  signal(signal: NodeJS.Signals): void {
    this.#daemon?.signal(signal);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await this.#daemon?.stop(signal);
  }

  /** Ends it without a word; its socket file stays behind. */
  kill(): Promise<void> {
    return this.stop("SIGKILL");
  }
}
