// Route-maps and community lists, as a set of stanzas: how they are compared, and what makes one set of the other.
import { parseCommunity } from "../../model/community.ts";
import { ours } from "./names.ts";

/** By their first line, which names them; the lines inside follow. A community list is a line without any. */
export type Stanzas = ReadonlyMap<string, readonly string[]>;

/**
 * Reads the stanzas that are ours out of a configuration: bgpd's own, or a rendered one.
 *
 * @param lines without the spaces around them
 */
export function stanzasIn(lines: Iterable<string>): Stanzas {
  return readStanzas(lines).stanzas;
}

/** The first line that is of no stanza of ours; null: all are. @param lines as above */
export function strayLine(lines: Iterable<string>): string | null {
  return readStanzas(lines).stray;
}

function readStanzas(lines: Iterable<string>): { readonly stanzas: Stanzas; readonly stray: string | null } {
  const stanzas = new Map<string, string[]>();
  let body: string[] | null = null;
  let stray: string | null = null;
  for (const line of lines) {
    if (isHead(line)) {
      body = stanzas.get(line) ?? [];
      stanzas.set(line, body);
      if (!line.startsWith("route-map ")) body = null;
    } else if (isEnd(line)) {
      body = null;
      if (line !== "exit") stray ??= line;
    } else if (line !== "" && !line.startsWith("!")) {
      body?.push(canonical(line));
      if (body === null) stray ??= line;
    }
  }
  return { stanzas, stray };
}

function isHead(line: string): boolean {
  return line.startsWith(`route-map ${ours}`) || /^bgp large-community-list \S+ BELLMAN-/.test(line);
}

/** Does the line begin something else at the top level? */
function isEnd(line: string): boolean {
  return line === "exit" || /^(?:route-map|router|bgp|ip|ipv6|interface|line|end)(?: |$)/.test(line);
}

/** In whatever order: FRR 10 shows the lines in one of its own, and none depends on another. */
export function sameStanza(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  const shown = [...b].sort();
  return [...a].sort().every((line, at) => line === shown[at]);
}

/** What to say so that these stanzas are as wanted. Of two that differ the old one goes first: bgpd would merge them. */
export function define(wanted: Stanzas, held: Stanzas): readonly string[] {
  return [...wanted].flatMap(([head, body]) => {
    const old = held.get(head);
    if (sameStanza(old, body)) return [];
    const lines = old === undefined ? [head] : [`no ${head}`, head];
    return head.startsWith("route-map ") ? [...lines, ...body.map((line) => ` ${line}`), "exit"] : lines;
  });
}

/** What to say so that nothing is left but what is wanted. */
export function clearAway(wanted: Stanzas, held: Stanzas): readonly string[] {
  return [...held.keys()].filter((head) => !wanted.has(head)).map((head) => `no ${head}`);
}

/** bgpd calls some communities by name (FRR's lib/… `community_str`). */
const communityNames: Readonly<Record<string, string>> = {
  internet: "0:0",
  "graceful-shutdown": "65535:0",
  "accept-own": "65535:1",
  "route-filter-translated-v4": "65535:2",
  "route-filter-v4": "65535:3",
  "route-filter-translated-v6": "65535:4",
  "route-filter-v6": "65535:5",
  "llgr-stale": "65535:6",
  "no-llgr": "65535:7",
  "accept-own-nexthop": "65535:8",
  blackhole: "65535:666",
  "no-export": "65535:65281",
  "no-advertise": "65535:65282",
  "local-as": "65535:65283",
  "local-AS": "65535:65283",
  "no-peer": "65535:65284",
};

/** The line as a template writes it. */
function canonical(line: string): string {
  if (!line.startsWith("set community ")) return line;
  return line
    .split(" ")
    .map((word) => (parseCommunity(word) === null ? (communityNames[word] ?? word) : word))
    .join(" ");
}
