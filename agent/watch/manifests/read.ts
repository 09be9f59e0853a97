// Manifests as texts → objects and problems: what `bellman plan -f` and `bellman validate -f` stand on.
import type { Problem } from "../../model/problem.ts";
import { kindNames } from "../kinds.ts";
import type { Kind, ModelOf } from "../kinds.ts";
import { fileObject, readContents } from "./contents.ts";
import { noObjects } from "./objects.ts";
import type { Objects } from "./objects.ts";

/** One file, under the name that problems call it by. */
export interface ManifestText {
  readonly name: string;
  readonly text: string;
}

export interface Manifests {
  readonly objects: Objects;
  readonly problems: readonly Problem[];
}

/** A file that does not parse is a problem and gives no objects; the others hold. */
export function readManifests(texts: readonly ManifestText[]): Manifests {
  const problems: Problem[] = [];
  const files: NamedObjects[] = [];
  for (const { name, text } of texts) {
    const contents = readContents(name, text);
    if (contents.t === "broken") {
      const { problem } = contents;
      problems.push({ ...problem, message: `${problem.message}; nothing in it counts` });
    } else {
      problems.push(...contents.problems);
      files.push({ name, objects: contents.objects });
    }
  }
  const merged = mergeFiles(files);
  return { objects: merged.objects, problems: [...problems, ...merged.problems] };
}

export interface NamedObjects {
  readonly name: string;
  readonly objects: Objects;
}

/** Of two files with the same object, the first in the list wins. */
export function mergeFiles(files: readonly NamedObjects[]): Manifests {
  const objects = noObjects();
  const problems: Problem[] = [];
  for (const kind of kindNames) {
    const origins = new Map<string, string>();
    for (const file of files) problems.push(...mergeKind(kind, objects[kind], file, origins));
  }
  return { objects, problems };
}

/** @param origins which file each object of this kind came from */
function mergeKind<K extends Kind>(
  kind: K,
  store: Map<string, ModelOf[K]>,
  { name, objects }: { readonly name: string; readonly objects: Objects },
  origins: Map<string, string>,
): Problem[] {
  const problems: Problem[] = [];
  const own: ReadonlyMap<string, ModelOf[K]> = objects[kind];
  for (const [key, object] of own) {
    const origin = origins.get(key);
    if (origin === undefined) {
      origins.set(key, name);
      store.set(key, object);
      continue;
    }
    const [first, second] = [fileObject(origin), fileObject(name)];
    const message = `${first} and ${second} both hold it; the one in ${first} counts`;
    problems.push({ object: `${kind}/${key}`, field: "", severity: "error", message });
  }
  return problems;
}
