// What `show protocols all` tells, version by version alike but for details: 2.0.12 to 3.4.
import { textsOf } from "./reply.ts";
import type { Reply } from "./reply.ts";

const summaryCode = 1002;
const detailsCode = 1006;

export interface Protocol {
  readonly name: string;
  /** `BGP`, `Static`, `BFD` and others. */
  readonly kind: string;
  /** `up`, `start`, `down`, `stop`, `flush`. */
  readonly state: string;
  /** Since when it is in that state, in whatever format BIRD is told to write times. */
  readonly since: string;
  /** For BGP the state of the session, and why it is not up. */
  readonly info: string;
  /** `Neighbor address` → `192.168.1.1`; of a list of capabilities its lines. */
  readonly details: readonly Detail[];
  readonly channels: readonly Channel[];
}

export interface Channel {
  /** `ipv4`, `ipv6` */
  readonly name: string;
  readonly imported: number;
  readonly exported: number;
}

/** A line of the details, with those that stand further in below it. */
export interface Detail {
  readonly name: string;
  /** Behind the colon; empty when there is none. */
  readonly value: string;
  readonly below: readonly Detail[];
}

/** What stands behind the state of a session; null: nothing. */
export function wordsOfInfo(info: string): string | null {
  return /^\S+\s+(\S.*)$/.exec(info)?.[1] ?? null;
}

export function parseProtocols(reply: Reply): readonly Protocol[] {
  const protocols: Protocol[] = [];
  let head: Omit<Protocol, "details" | "channels"> | null = null;
  let lines: string[] = [];
  const done = () => {
    if (head !== null) protocols.push({ ...head, ...readDetails(lines) });
    lines = [];
  };
  for (const { code, text } of reply.lines)
    if (code === summaryCode) {
      done();
      head = readSummary(text);
    } else if (code === detailsCode) lines.push(text);
  done();
  return protocols;
}

/** `bellman_192_168_1_1 BGP  ---  up  17:38:17.954  Established`; the time may have a space in it. */
function readSummary(line: string): Omit<Protocol, "details" | "channels"> {
  const [, name = "", kind = "", state = "", since = "", info = ""] =
    /^(\S+)\s+(\S+)\s+\S+\s+(\S+)\s+([0-9-]+(?: [0-9][0-9:.]+|[0-9:.]*))\s*(.*)$/.exec(line) ?? [];
  return { name, kind, state, since, info: info.trim() };
}

function readDetails(lines: readonly string[]): Pick<Protocol, "details" | "channels"> {
  const all = nest(lines.filter((line) => line.trim() !== ""));
  const isChannel = ({ name }: Detail) => name.startsWith("Channel ");
  return {
    details: all.filter((detail) => !isChannel(detail)),
    channels: all.filter(isChannel).map(readChannel),
  };
}

function readChannel({ name, below }: Detail): Channel {
  const routes = below.find((detail) => detail.name === "Routes")?.value ?? "";
  const count = (what: string) => Number(new RegExp(`([0-9]+) ${what}`).exec(routes)?.[1] ?? 0);
  return { name: name.slice("Channel ".length), imported: count("imported"), exported: count("exported") };
}

/** Lines that stand further in belong to the one above. */
function nest(lines: readonly string[]): readonly Detail[] {
  const details: Detail[] = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    const end = lines.findIndex((other, index) => index > at && indentOf(other) <= indentOf(line));
    const next = end < 0 ? lines.length : end;
    const [, name = "", value = ""] = /^\s*([^:]*?)(?::\s*(.*?))?\s*$/.exec(line) ?? [];
    details.push({ name, value, below: nest(lines.slice(at + 1, next)) });
    at = next;
  }
  return details;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Anywhere among the details, the first of that name; null: there is none. */
export function findDetail(details: readonly Detail[], name: string): Detail | null {
  for (const detail of details) {
    if (detail.name === name) return detail;
    const below = findDetail(detail.below, name);
    if (below !== null) return below;
  }
  return null;
}

/** Prefixes, as `show route` lists them. */
export function parsePrefixes(reply: Reply): readonly string[] {
  return textsOf(reply, 1007)
    .map((line) => /^([0-9a-f.:]+\/[0-9]+)\s/i.exec(line)?.[1])
    .filter((text) => text !== undefined);
}
