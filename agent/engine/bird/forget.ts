// What is not wanted any more leaves the files while BIRD is down: it would announce that until the agent is back.
import type { Wanted } from "../contract.ts";
import type { IncludeFiles } from "./files.ts";
import { readPeerNote } from "../peer-note.ts";
import { routeNotes } from "./notes.ts";
import { entries, expectedIn, readInstance } from "./read-back.ts";
import type { BirdTemplates } from "./templates.ts";
import { fileNames, Rendering } from "./texts.ts";

/**
 * Whole texts are cut out, and no other is made: BIRD has taken what is left before. What somebody has changed by hand,
 * or another template has made, stays until BIRD can be asked.
 *
 * @returns how many routes and sessions are gone
 * @throws {EngineError}
 */
export async function forget(files: IncludeFiles, templates: BirdTemplates, wanted: Wanted): Promise<number> {
  const peers = await files.read(fileNames.peers);
  const services = await files.read(fileNames.services);
  const instance = readInstance(peers ?? "");
  if (instance === null || peers === null) return 0;
  const rendering = new Rendering(templates, instance);
  const left = [
    {
      name: fileNames.services,
      ...without(
        services ?? "",
        routeNotes(),
        ({ prefix }) => wanted.route(prefix),
        (route) => rendering.route(route),
      ),
    },
    {
      name: fileNames.peers,
      ...without(
        peers,
        readPeerNote,
        ({ address }) => wanted.peer(address),
        (peer) => rendering.peer(peer),
      ),
    },
  ];
  for (const { name, text, gone } of left) if (gone > 0) await files.write(name, text);
  return left.reduce((sum, { gone }) => sum + gone, 0);
}

function without<T>(
  text: string,
  read: (note: string) => T | null,
  keeps: (made: T) => boolean,
  render: (made: T) => string,
): { readonly text: string; readonly gone: number } {
  const kept: string[] = [];
  let [from, gone] = [0, 0];
  for (const entry of entries(text, read)) {
    if (keeps(entry.made)) continue;
    const own = expectedIn(entry.text, () => render(entry.made));
    if (own === null) continue;
    kept.push(text.slice(from, entry.end - own.length));
    // With its line end.
    from = entry.end + 1;
    gone++;
  }
  return { text: kept.join("") + text.slice(from), gone };
}
