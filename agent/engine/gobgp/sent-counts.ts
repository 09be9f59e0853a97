// How many routes went to each neighbour. gobgpd works that out anew for each, over all routes, and does nothing else
// meanwhile: with many of both that takes seconds. So neighbours are counted one by one, with pauses, and who asks does
// not wait for all of them.
import type { Address } from "../../model/address.ts";
import type { Clock } from "../../time/clock.ts";
import { wait } from "../../time/clock.ts";
import { EngineError } from "../contract.ts";
import type { PeerStatus } from "../contract.ts";

type Counts = PeerStatus["advertised"];

/** How long who asks waits for the counts to be of now; so long they are made without a pause. */
const patienceMs = 200;

/** Between two counts, as a multiple of what the last one took: gobgpd has other things to do. */
const pauseFactor = 9;

export class SentCounts {
  readonly #clock: Clock;
  readonly #count: (address: Address) => Promise<Counts | null>;
  readonly #stopped = new AbortController();
  /** With the session that they are of. */
  readonly #known = new Map<Address, { readonly since: number | null; readonly counts: Counts }>();
  #round: Promise<void> | null = null;

  /** @param count resolves with null where there is no such neighbour any more */
  constructor(clock: Clock, count: (address: Address) => Promise<Counts | null>) {
    this.#clock = clock;
    this.#count = count;
  }

  /** These sessions with what is known of their routes; of now, where that can be had within the patience. */
  async complete(sessions: readonly PeerStatus[]): Promise<readonly PeerStatus[]> {
    const established = sessions.filter(({ state }) => state === "established");
    const addresses = new Set(established.map(({ address }) => address));
    for (const address of this.#known.keys()) if (!addresses.has(address)) this.#known.delete(address);
    this.#round ??= this.#countAll(established).finally(() => (this.#round = null));
    const patience = new AbortController();
    await Promise.race([this.#round, wait(this.#clock, patienceMs, patience.signal)]);
    patience.abort();
    return sessions.map((status) => {
      if (status.state !== "established") return status;
      const known = this.#known.get(status.address);
      return { ...status, advertised: known?.since === status.establishedAtMs ? known.counts : {} };
    });
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #countAll(sessions: readonly PeerStatus[]): Promise<void> {
    const { signal } = this.#stopped;
    const begunAtMs = this.#clock.monotonic();
    for (const { address, establishedAtMs: since } of sessions) {
      if (signal.aborted) return;
      const startedAtMs = this.#clock.monotonic();
      try {
        const counts = await this.#count(address);
        if (counts !== null) this.#known.set(address, { since, counts });
      } catch (error) {
        // A gobgpd that is lost is told of by its events.
        if (error instanceof EngineError) return;
        throw error;
      }
      const now = this.#clock.monotonic();
      if (now - begunAtMs >= patienceMs) await wait(this.#clock, pauseFactor * (now - startedAtMs), signal);
    }
  }
}
