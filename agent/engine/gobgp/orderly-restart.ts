// Graceful restart (RFC 4724) with one neighbour after the other: from 3.36 on gobgpd takes its restart for over, for all
// neighbours that it has been given, when the first of them is up.
import type { Address } from "../../model/address.ts";
import type { Clock } from "../../time/clock.ts";

/** Neighbours try to connect once a second, mostly. Routes wait meanwhile, so it is not for long. */
const perNeighbourMs = 2_000;
const allMs = 6_000;
const pauseMs = 50;

export class OrderlyRestart {
  readonly #isUp: (address: Address) => Promise<boolean>;
  readonly #clock: Clock;
  #last: Address | null = null;
  #beganAtMs: number | null = null;

  /** @param isUp whether the session with a neighbour is established */
  constructor(isUp: (address: Address) => Promise<boolean>, clock: Clock) {
    this.#isUp = isUp;
    this.#clock = clock;
  }

  /** Resolves when this neighbour may be added: the one before is up, or does not come in time. */
  async next(address: Address): Promise<void> {
    const before = this.#last;
    this.#last = address;
    const now = this.#clock.monotonic();
    this.#beganAtMs ??= now;
    if (before === null) return;
    const giveUpAtMs = Math.min(now + perNeighbourMs, this.#beganAtMs + allMs);
    while (this.#clock.monotonic() < giveUpAtMs && !(await this.#isUp(before)))
      await new Promise<void>((resolve) => this.#clock.schedule(pauseMs, resolve));
  }
}
