// The life of a link, the same for every driver: up until it is lost or closed, whichever comes first.
import { EngineError } from "./contract.ts";

/** `up` until the speaker is gone or silent (`lost`), or until we end it (`closed`). */
type LinkState =
  { readonly t: "up" } | { readonly t: "lost"; readonly error: EngineError } | { readonly t: "closed" };

export class LinkLife {
  readonly #speaker: string;
  readonly #ended: () => void;
  #state: LinkState = { t: "up" };

  /**
   * @param speaker what messages call it
   * @param ended called once, at the end, to free what the link holds
   */
  constructor(speaker: string, ended: () => void) {
    this.#speaker = speaker;
    this.#ended = ended;
  }

  get up(): boolean {
    return this.#state.t === "up";
  }

  /** @throws {EngineError} when it is not up: the one it was lost with. */
  mustBeUp(): void {
    switch (this.#state.t) {
      case "up":
        return;
      case "lost":
        throw this.#state.error;
      case "closed":
        throw new EngineError("unreachable", `the link to ${this.#speaker} is closed`);
    }
  }

  /** Returns whether it was up until now. */
  lose(error: EngineError): boolean {
    return this.#end({ t: "lost", error });
  }

  close(): void {
    this.#end({ t: "closed" });
  }

  /**
   * Does work that asks the speaker. Without an answer nobody knows what was applied: it counts as lost then, and the
   * caller has to begin anew.
   *
   * @param lose called with the error of a speaker that did not answer
   * @throws {EngineError} when it is not up any more: the one it was lost with; else what `work` throws.
   */
  async ask<T>(work: () => Promise<T>, lose: (error: EngineError) => void): Promise<T> {
    this.mustBeUp();
    try {
      return await work();
    } catch (error) {
      if (error instanceof EngineError && error.code !== "refused") lose(error);
      this.mustBeUp();
      throw error;
    }
  }

  #end(state: LinkState): boolean {
    if (!this.up) return false;
    this.#state = state;
    this.#ended();
    return true;
  }
}
