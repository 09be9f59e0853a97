// Reads the files back: what they were made from, by their notes, where the text is still what it would be made to.
import type { Address } from "../../model/address.ts";
import type { Peer } from "../../model/peer.ts";
import type { Prefix } from "../../model/prefix.ts";
import type { Route } from "../../model/route.ts";
import { EngineError } from "../contract.ts";
import { readPeerNote } from "../peer-note.ts";
import { readInstanceNote, routeNotes } from "./notes.ts";
import type { NotedInstance } from "./notes.ts";
import { noteMark } from "./texts.ts";
import type { Rendering } from "./texts.ts";

/** null: somebody has changed the text, or it was made by another template. */
export function readServices(text: string, rendering: Rendering): ReadonlyMap<Prefix, Route | null> {
  return readAll(
    text,
    routeNotes(),
    ({ prefix }) => prefix,
    (route) => rendering.route(route),
  );
}

/** null: as above. */
export function readPeers(text: string, rendering: Rendering): ReadonlyMap<Address, Peer | null> {
  return readAll(
    text,
    readPeerNote,
    ({ address }) => address,
    (peer) => rendering.peer(peer),
  );
}

/** null: there is none. */
export function readInstance(text: string): NotedInstance | null {
  const [first] = entries(text, readInstanceNote);
  return first?.made ?? null;
}

function readAll<K, T>(
  text: string,
  read: (note: string) => T | null,
  keyOf: (made: T) => K,
  render: (made: T) => string,
): ReadonlyMap<K, T | null> {
  const all = new Map<K, T | null>();
  for (const entry of entries(text, read)) {
    const key = keyOf(entry.made);
    const own = !all.has(key) && expectedIn(entry.text, () => render(entry.made)) !== null;
    all.set(key, own ? entry.made : null);
  }
  return all;
}

export interface Entry<T> {
  /** What it says that it was made from. */
  readonly made: T;
  /** All since the entry before, with the note. */
  readonly text: string;
  /** Where that ends. */
  readonly end: number;
}

/** @param read null: it only looks like a note, as a password may */
export function* entries<T>(text: string, read: (note: string) => T | null): Iterable<Entry<T>> {
  let start = 0;
  for (let at = text.indexOf(noteMark); at >= 0;) {
    const lineEnd = text.indexOf("\n", at);
    const end = lineEnd < 0 ? text.length : lineEnd;
    const made = read(text.slice(text.lastIndexOf(noteMark, end) + noteMark.length, end));
    if (made !== null) {
      yield { made, text: text.slice(start, end), end };
      start = end + 1;
    }
    at = text.indexOf(noteMark, end);
  }
}

/**
 * What an entry ends with when it is as we would write it. Others may have written lines before that, but not into it.
 * null: somebody has changed it.
 */
export function expectedIn(text: string, render: () => string): string | null {
  const expected = attempt(render);
  if (expected === null || !text.endsWith(expected)) return null;
  const before = text.length - expected.length;
  return before === 0 || text[before - 1] === "\n" ? expected : null;
}

/** null: BIRD cannot be asked for it. */
function attempt(render: () => string): string | null {
  try {
    return render();
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}
