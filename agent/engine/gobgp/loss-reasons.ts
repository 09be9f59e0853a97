// Why a session was lost: gobgpd's events do not say, but what it counts does, a moment later. So it is asked.
import type { Address } from "../../model/address.ts";
import type { Clock } from "../../time/clock.ts";
import { EngineError } from "../contract.ts";
import type { PeerStatus } from "../contract.ts";

/** After the loss, and after each answer that does not say. */
const delaysMs = [50, 500, 5_000] as const;

export class LossReasons {
  readonly #clock: Clock;
  readonly #ask: (address: Address) => Promise<string | null>;
  readonly #told: (status: PeerStatus) => void;
  /** As of the last event. */
  readonly #statuses = new Map<Address, PeerStatus>();
  readonly #pending = new Map<Address, () => void>();

  /** @param ask rejects with an EngineError when gobgpd is lost */
  constructor(
    clock: Clock,
    ask: (address: Address) => Promise<string | null>,
    told: (status: PeerStatus) => void,
  ) {
    this.#clock = clock;
    this.#ask = ask;
    this.#told = told;
  }

  /** An event told of a session. */
  note(status: PeerStatus): void {
    const { address, state, lastError } = status;
    const before = this.#statuses.get(address);
    this.#statuses.set(address, status);
    if (state === "established" || lastError !== null) this.#cancel(address);
    else if (before?.state === "established") this.#inquire(address, 0);
  }

  stop(): void {
    for (const address of [...this.#pending.keys()]) this.#cancel(address);
  }

  #inquire(address: Address, attempt: number): void {
    const delayMs = delaysMs[attempt];
    if (delayMs === undefined) return;
    let current = true;
    const cancel = this.#clock.schedule(delayMs, () => {
      void this.#answer(address).then((reason) => {
        if (!current) return;
        const status = this.#statuses.get(address);
        if (reason === null) this.#inquire(address, attempt + 1);
        else if (status !== undefined) this.#told({ ...status, lastError: reason });
      });
    });
    this.#pending.set(address, () => {
      current = false;
      cancel();
    });
  }

  async #answer(address: Address): Promise<string | null> {
    try {
      return await this.#ask(address);
    } catch (error) {
      if (error instanceof EngineError) return null;
      throw error;
    }
  }

  #cancel(address: Address): void {
    this.#pending.get(address)?.();
    this.#pending.delete(address);
  }
}
