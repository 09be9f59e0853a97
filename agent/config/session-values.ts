// Numbers of a session as BGPPeer writes them: each handler takes what is within the limits of its protocol.
import { parseDuration } from "../model/duration.ts";
import { quote } from "../model/problem.ts";
import type { Reading } from "./peer-reading.ts";
import type { Handler } from "./spec.ts";

/** Hold times have 16 bits (RFC 4271 §4.2), and are three times this. */
export const maxKeepaliveSeconds = Math.floor(0xffff / 3);

/** Restart times have 12 bits (RFC 4724 §3). */
export const maxRestartSeconds = 0xfff;

/** With more hops than this, the TTL that is asked for could be anything (RFC 5082). */
const maxHops = 254;

export const sessionFields = {
  keepaliveTime: seconds(maxKeepaliveSeconds, (reading, value) => (reading.keepaliveSeconds = value)),
  maxRestartTime: seconds(maxRestartSeconds, (reading, value) => (reading.restartSeconds = value)),
  ttlSecurity(value, field, reading) {
    if (!isWhole(value, 0, maxHops))
      reading.tell("invalid", field, `${quote(value)} is not a number of hops from 0 (off) to ${maxHops}`);
    else if (value > 0) reading.ttlSecurityHops = value;
  },
  numAllowedLocalASNumbers(value, field, reading) {
    if (isWhole(value, 0, 255)) reading.allowedLocalAsns = value;
    else reading.tell("invalid", field, `${quote(value)} is not a number from 0 to 255`);
  },
} satisfies Readonly<Record<string, Handler<Reading>>>;

/** From text like `5s`; null: none that is whole and within 1 to `most`. */
export function parseSeconds(text: string, most: number): number | null {
  const ms = parseDuration(text);
  const value = ms === null ? 0 : ms / 1000;
  return isWhole(value, 1, most) ? value : null;
}

function seconds(most: number, take: (reading: Reading, value: number) => void): Handler<Reading> {
  return (value, field, reading) => {
    if (value === "") return;
    const found = typeof value === "string" ? parseSeconds(value, most) : null;
    if (found !== null) take(reading, found);
    else reading.tell("invalid", field, `${quote(value)} is not a time in whole seconds from 1s to ${most}s`);
  };
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}
