// Why sessions were lost or did not come up. API v4 has a place for it in its events, which gobgpd 4.8 leaves empty, and
// v3 has none. But gobgpd counts the NOTIFICATION messages of each session (RFC 4271 §4.5), which tells at least from
// which side it was ended; and the OPEN messages: without one there was no TCP connection.
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { noConnection } from "../no-connection.ts";
import type { Peer as Neighbour } from "./proto/gobgp.pb.ts";

/** PeerState's reasons that are none: nothing happened, or a pause is over. */
const noReasons: readonly number[] = [0, 7];

/** What a session looked like. */
interface Look {
  /** NOTIFICATION messages. */
  readonly sent: bigint;
  readonly received: bigint;
  /** Since when it was established, in seconds since the epoch; null: it was not. */
  readonly since: bigint | null;
}

const established = 6;

export class LastErrors {
  readonly #told = new Map<Address, string>();
  readonly #counted = new Map<Address, string>();
  readonly #before = new Map<Address, Look>();

  /** What an event says, or else what was counted since the last time. null: nothing was told yet. */
  learn(neighbour: Neighbour): string | null {
    const address = parseAddress(neighbour.conf?.neighborAddress ?? "");
    if (address === null) return null;
    const told = toldBy(neighbour);
    if (told !== null) this.#told.set(address, told);
    const counted = this.#count(address, neighbour);
    if (counted !== null) this.#counted.set(address, counted);
    return this.#told.get(address) ?? this.#counted.get(address) ?? neverConnected(neighbour);
  }

  /** A session that is set up anew has no past. */
  forget(address: Address): void {
    for (const known of [this.#told, this.#counted, this.#before]) known.delete(address);
  }

  #count(address: Address, { state, timers }: Neighbour): string | null {
    const { sent, received } = state?.messages ?? {};
    if (sent === undefined || received === undefined) return null;
    const before = this.#before.get(address) ?? { sent: 0n, received: 0n, since: null };
    const since = state?.sessionState === established ? (timers?.state?.uptime?.seconds ?? null) : null;
    const now = { sent: sent.notification, received: received.notification, since };
    this.#before.set(address, now);
    const another = before.since !== null && now.since !== before.since;
    // Of two connections at once one is closed with a NOTIFICATION too (RFC 4271 §6.8), and the session is up.
    if (now.since !== null && !another) return null;
    if (now.received > before.received) return "the neighbour ended it with a NOTIFICATION";
    if (now.sent > before.sent) return "gobgpd ended it with a NOTIFICATION; its log says why";
    return another ? "the TCP connection was lost" : null;
  }
}

function toldBy({ state }: Neighbour): string | null {
  if (state === undefined || noReasons.includes(state.disconnectReason)) return null;
  return state.disconnectMessage === "" ? `reason ${state.disconnectReason}` : state.disconnectMessage;
}

/** gobgpd keeps to itself what came of its tries to connect. */
function neverConnected({ state, conf, transport }: Neighbour): string | null {
  const { sent, received } = state?.messages ?? {};
  if (sent?.open !== 0n || received?.open !== 0n) return null;
  return noConnection(transport?.remotePort ?? 179, conf?.authPassword !== "");
}
