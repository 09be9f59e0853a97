// What is known of each session beyond the moment: since when it is in its state, how often it was lost, and why.
import type { PeerStatus } from "../engine/contract.ts";
import type { Address } from "../model/address.ts";
import type { Clock } from "../time/clock.ts";

export interface SessionRecord {
  /** As the speaker told it last; null: the speaker is out of reach, nothing is known now. */
  readonly status: PeerStatus | null;
  /** Since when the session is in that state, in ms since the epoch; null with no status. */
  readonly sinceMs: number | null;
  /** How often an established session ended, since the agent started. */
  readonly drops: number;
  /** The last time it did; `reason` is what the speaker said of it. */
  readonly lastDrop: { readonly atMs: number; readonly reason: string | null } | null;
}

/** Two stamps of one session may differ by the rounding of the speaker's. */
const stampToleranceMs = 1_000;

export class Sessions {
  readonly #clock: Clock;
  readonly #records = new Map<Address, SessionRecord>();
  /** The last status of sessions, kept while the speaker is out of reach: a session may have stood meanwhile. */
  readonly #last = new Map<Address, PeerStatus>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(address: Address): SessionRecord | undefined {
    return this.#records.get(address);
  }

  /** The speaker told of a session. Returns what it told before; null: this session is new to us. */
  note(status: PeerStatus): PeerStatus | null {
    const { address } = status;
    const record = this.#records.get(address);
    const before = this.#last.get(address) ?? null;
    const now = this.#clock.now();
    const last = record?.status ?? null;
    const stays = last !== null && last.state === status.state && !isAnother(last, status);
    const dropped = before?.state === "established" && isAnother(before, status);
    this.#last.set(address, status);
    this.#records.set(address, {
      status,
      sinceMs: status.establishedAtMs ?? (stays ? record?.sinceMs : null) ?? now,
      drops: (record?.drops ?? 0) + Number(dropped),
      lastDrop: dropped ? { atMs: now, reason: status.lastError } : withReason(record, status),
    });
    return before;
  }

  /** The speaker is out of reach: its sessions may stand or not. */
  speakerLost(): void {
    for (const [address, record] of this.#records)
      this.#records.set(address, { ...record, status: null, sinceMs: null });
  }
}

/** Is it no longer the same established session? */
function isAnother(before: PeerStatus, now: PeerStatus): boolean {
  if (now.state !== "established") return before.state === "established";
  if (before.establishedAtMs === null || now.establishedAtMs === null) return false;
  return Math.abs(now.establishedAtMs - before.establishedAtMs) > stampToleranceMs;
}

/** Some speakers tell why only after they have told that. */
function withReason(record: SessionRecord | undefined, status: PeerStatus): SessionRecord["lastDrop"] {
  const drop = record?.lastDrop ?? null;
  if (drop === null || drop.reason !== null || status.state === "established") return drop;
  return { ...drop, reason: status.lastError };
}
