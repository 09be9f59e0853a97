// The process of a speaker, from one start to the next: the same for all of them.
import type { Daemon } from "../../test/support/daemon.ts";

export abstract class SpeakerProcess {
  #daemon: Daemon | null = null;

  /** @returns its process once it listens. */
  protected abstract launch(): Promise<Daemon>;

  get running(): boolean {
    return this.#daemon?.running ?? false;
  }

  async start(): Promise<void> {
    if (this.#daemon?.running === true) throw new Error(`${this.#daemon.name} runs already`);
    this.#daemon = await this.launch();
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await this.#daemon?.stop(signal);
  }

  kill(): Promise<void> {
    return this.stop("SIGKILL");
  }

  async freeze(): Promise<void> {
    await this.#daemon?.freeze();
  }

  thaw(): void {
    this.#daemon?.thaw();
  }
}
