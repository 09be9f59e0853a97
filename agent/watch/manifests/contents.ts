// One file of manifests → the objects in it.
import { quote } from "../../model/problem.ts";
import type { Problem } from "../../model/problem.ts";
import { decode, modelKey } from "../decode/decode.ts";
import { DecodeError, isAbsent, isFields, show } from "../decode/fields.ts";
import { kindNames, kinds } from "../kinds.ts";
import type { Kind, ModelOf } from "../kinds.ts";
import { noObjects } from "./objects.ts";
import type { Objects } from "./objects.ts";
import { parseText } from "./parse.ts";

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
  const broken = (message: string): FileContents => ({
    t: "broken",
    problem: { object: file, field: "", severity: "error", message },
  });
  const parsed = parseText(text);
  if (parsed.t === "broken") return broken(parsed.message);
  const objects = noObjects();
  const problems: Problem[] = [];
  for (const [index, document] of parsed.documents.entries()) {
    const where = `document ${index + 1}`;
    if (isAbsent(document)) continue;
    for (const item of expand(document)) {
      if (!isFields(item) || typeof item["kind"] !== "string" || typeof item["apiVersion"] !== "string")
        return broken(`${where} holds ${show(item)} without apiVersion and kind`);
      const kind = kindOf(item["apiVersion"], item["kind"]);
      if (kind === null) continue;
      const problem = put(objects[kind], kind, item, file, where);
      if (problem !== null) problems.push(problem);
    }
  }
  return { t: "good", objects, problems };
}

/** `kind: List`, as kubectl writes it, and lists as the API serves them, whose items do not repeat their kind. */
function expand(document: unknown): readonly unknown[] {
  if (!isFields(document)) return [document];
  const { kind, apiVersion, items } = document;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return [document];
  if (kind === "List") return items;
  return items.map((item: unknown) =>
    isFields(item) ? { apiVersion, kind: kind.slice(0, -"List".length), ...item } : item,
  );
}

function kindOf(apiVersion: string, kind: string): Kind | null {
  for (const name of kindNames) {
    if (name !== kind) continue;
    const { apiVersion: wanted, storage } = kinds[name];
    // Where only the storage group is served, `kubectl get -o yaml` shows that.
    if (apiVersion === wanted || apiVersion === storage?.apiVersion) return name;
  }
  return null;
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
