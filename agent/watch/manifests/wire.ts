// One file of manifests → its objects of watched kinds, as they are written.
import { isAbsent, isFields, show } from "../decode/fields.ts";
import type { Fields } from "../decode/fields.ts";
import { kindNames, kinds } from "../kinds.ts";
import type { Kind } from "../kinds.ts";
import { parseText } from "./parse.ts";

export interface WireObject {
  readonly kind: Kind;
  readonly wire: Fields;
  /** Where in the file: `document 2`. */
  readonly where: string;
}

export type WireObjects =
  | { readonly t: "good"; readonly objects: readonly WireObject[] }
  /** Not to be understood as a whole: perhaps an edit half done. */
  | { readonly t: "broken"; readonly message: string };

export function readWireObjects(text: string): WireObjects {
  const parsed = parseText(text);
  if (parsed.t === "broken") return parsed;
  const objects: WireObject[] = [];
  for (const [index, document] of parsed.documents.entries()) {
    const where = `document ${index + 1}`;
    if (isAbsent(document)) continue;
    for (const wire of expand(document)) {
      if (!isFields(wire) || typeof wire["kind"] !== "string" || typeof wire["apiVersion"] !== "string")
        return { t: "broken", message: `${where} holds ${show(wire)} without apiVersion and kind` };
      const kind = kindOf(wire["apiVersion"], wire["kind"]);
      if (kind !== null) objects.push({ kind, wire, where });
    }
  }
  return { t: "good", objects };
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
