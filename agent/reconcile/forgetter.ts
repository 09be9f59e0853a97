// While the speaker is down: what is not wanted any more leaves the file that it begins with. What is wanted and is not
// there has to wait for the speaker.
import { EngineError } from "../engine/contract.ts";
import type { Engine, Wanted } from "../engine/contract.ts";
import type { Desired } from "./desired.ts";
import type { Drainer } from "./drainer.ts";
import type { Narrator } from "./narrator.ts";
import { makeWish } from "./wish.ts";

export interface ForgetterOptions {
  readonly engine: Engine;
  readonly desired: Desired;
  readonly drainer: Drainer;
  readonly narrator: Narrator;
}

export class Forgetter {
  readonly #options: ForgetterOptions;
  #due = true;

  constructor(options: ForgetterOptions) {
    this.#options = options;
  }

  /** To be called when what is wanted, or what the file says, may be other than before. */
  changed(): void {
    this.#due = true;
  }

  /**
   * To be called whenever the speaker is found to be down, with a complete picture.
   *
   * @param adopted sessions that the speaker had from an earlier run are known, and what of them holds on
   */
  async forget(adopted: boolean): Promise<void> {
    if (!this.#due) return;
    this.#due = false;
    const { engine, desired, drainer } = this.#options;
    const peers = new Set(makeWish(desired, engine).peers.map(({ address }) => address));
    const isSure = adopted || !desired.config.problems.some(({ object }) => object.startsWith("BGPPeer/"));
    await this.#forget({
      route: (prefix) => {
        const route = desired.route(prefix);
        // The neighbours have no route of a drained node any more, and need not be told of one to withdraw it.
        return route !== undefined && (drainer.drain.t === "off" || route.reason === "PodCidr");
      },
      peer: (address) => !isSure || peers.has(address),
    });
  }

  /** The agent ends, and is to take all routes with it. */
  forgetRoutes(): Promise<void> {
    return this.#forget({ route: () => false, peer: () => true });
  }

  async #forget(wanted: Wanted): Promise<void> {
    const { engine, narrator } = this.#options;
    try {
      const gone = await engine.forget?.(wanted);
      if (gone !== undefined) narrator.forgotten(gone);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#due = true;
      narrator.notForgotten(error);
    }
  }
}
