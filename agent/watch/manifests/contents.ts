// One file of manifests → the objects in it.
import { quote } from "../../model/problem.ts";
import type { Problem } from "../../model/problem.ts";
import { decode, modelKey } from "../decode/decode.ts";
import { DecodeError } from "../decode/fields.ts";
import type { Kind, ModelOf } from "../kinds.ts";
import { noObjects } from "./objects.ts";
import type { Objects } from "./objects.ts";
import { readWireObjects } from "./wire.ts";

export type FileContents =
  | { readonly t: "good"; readonly objects: Objects; readonly problems: readonly Problem[] }
  /** Not to be understood as a whole: perhaps an edit half done. */
  | { readonly t: "broken"; readonly problem: Problem };

/** What a Problem calls a file. */
export function fileObject(name: string): string {
  return `File/${/^[\w./@+-]+$/.test(name) ? name : quote(name)}`;
}

export function readContents(name: string, text: string): FileContents {
  const file = fileObject(name);
  const read = readWireObjects(text);
  if (read.t === "broken")
    return { t: "broken", problem: { object: file, field: "", severity: "error", message: read.message } };
  const objects = noObjects();
  const problems: Problem[] = [];
  for (const { kind, wire, where } of read.objects) {
    const problem = put(objects[kind], kind, wire, file, where);
    if (problem !== null) problems.push(problem);
  }
  return { t: "good", objects, problems };
}

function put<K extends Kind>(
  store: Map<string, ModelOf[K]>,
  kind: K,
  item: unknown,
  file: string,
  where: string,
): Problem | null {
  try {
    const object = decode(kind, item);
    const key = modelKey(object);
    if (!store.has(key)) {
      store.set(key, object);
      return null;
    }
    const message = `${file} holds it twice; the first one holds`;
    return { object: `${kind}/${key}`, field: "", severity: "error", message };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { object: file, field: error.field, severity: "error", message: `${where}: ${error.message}` };
  }
}
