// Asks the speaker for its sessions: one question at a time, and a second's pause after an answer, as each costs it a walk
// over its tables.
import type { EngineLink, PeerStatus } from "../engine/contract.ts";
import type { Clock } from "../time/clock.ts";

/** How old an answer may be that is given again. */
const freshMs = 1_000;

interface Asked {
  readonly link: EngineLink;
  readonly answer: Promise<readonly PeerStatus[]>;
  /** null: it is still awaited. With 64 peers and 10,000 routes that takes gobgpd seconds. */
  answeredAtMs: number | null;
}

export class PeerInquiry {
  readonly #clock: Clock;
  #asked: Asked | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rejects as `link.peers()` does. */
  of(link: EngineLink): Promise<readonly PeerStatus[]> {
    const before = this.#asked;
    if (before?.link === link && this.#isFresh(before)) return before.answer;
    const asked: Asked = { link, answer: link.peers(), answeredAtMs: null };
    this.#asked = asked;
    const note = () => {
      asked.answeredAtMs = this.#clock.monotonic();
    };
    asked.answer.then(note, note);
    return asked.answer;
  }

  #isFresh({ answeredAtMs }: Asked): boolean {
    return answeredAtMs === null || this.#clock.monotonic() - answeredAtMs < freshMs;
  }
}
