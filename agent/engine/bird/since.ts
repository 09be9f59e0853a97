// When BIRD says that something happened, in whichever of its formats (`timeformat`), on a clock that is ours as well.

/** A day, as BIRD writes times that are long ago; nothing finer is known. */
const dayOnly = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const quarterMs = 15 * 60_000;
const dayMs = 24 * 60 * 60_000;

/**
 * Stamps of sessions, in ms since the epoch. A stamp stays the same while BIRD writes it in the same way, or writes it
 * shorter as it ages.
 */
export class Stamps {
  readonly #known = new Map<string, { readonly text: string; readonly ms: number }>();

  /**
   * @param serverTime what BIRD calls now, `2026-11-21 17:41:18.639`: its time zone may be another than ours
   * @returns null: it is too long ago to be told, or in a format of the operator's own
   */
  read(key: string, text: string, serverTime: string, nowMs: number): number | null {
    const known = this.#known.get(key);
    if (known !== undefined && (known.text === text || dayOnly.test(text))) return known.ms;
    const ms = parseStamp(text, serverTime, nowMs);
    if (ms === null) this.#known.delete(key);
    else this.#known.set(key, { text, ms });
    return ms;
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}

function parseStamp(text: string, serverTime: string, nowMs: number): number | null {
  const server = parseLocal(serverTime, null);
  const stamp = parseLocal(text, serverTime);
  if (server === null || stamp === null) return null;
  // A time of day without a date is of today or of yesterday.
  const local = stamp > server + 1_000 && !/^[0-9]{4}-/.test(text) ? stamp - dayMs : stamp;
  const zoneMs = Math.round((nowMs - server) / quarterMs) * quarterMs;
  return local + zoneMs;
}

/** As if it were UTC. @param today whose date a bare time of day takes; null: it must bring its own */
function parseLocal(text: string, today: string | null): number | null {
  const [, date, time] =
    /^(?:([0-9]{4}-[0-9]{2}-[0-9]{2}) )?([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)$/.exec(text) ?? [];
  if (time === undefined) return null;
  const day = date ?? today?.slice(0, 10);
  if (day === undefined) return null;
  const ms = Date.parse(`${day}T${time}Z`);
  return Number.isNaN(ms) ? null : Math.floor(ms);
}
