// Asks the speaker for its sessions, at most once a second: each answer costs it a walk over its tables.
import type { EngineLink, PeerStatus } from "../engine/contract.ts";
import type { Clock } from "../time/clock.ts";

/** How old an answer may be that is given again. */
const freshMs = 1_000;

interface Asked {
  readonly link: EngineLink;
  readonly atMs: number;
  readonly answer: Promise<readonly PeerStatus[]>;
}

export class PeerInquiry {
  readonly #clock: Clock;
  #asked: Asked | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rejects as `link.peers()` does. */
  of(link: EngineLink): Promise<readonly PeerStatus[]> {
    const now = this.#clock.monotonic();
    if (this.#asked?.link === link && now - this.#asked.atMs < freshMs) return this.#asked.answer;
    this.#asked = { link, atMs: now, answer: link.peers() };
    return this.#asked.answer;
  }
}
