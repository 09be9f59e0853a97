// Kubernetes objects as the lab handles them: read from YAML, named, patched.
import { parseAllDocuments } from "yaml";
import { at, isObject } from "../rack/json.ts";

export interface Manifest extends Readonly<Record<string, unknown>> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string };
}

/** An object's kind and name; the namespace is `default` unless the name says another (`web/nginx`). */
export interface ObjectName {
  readonly kind: string;
  readonly name: string;
}

/** What RFC 7386 calls a merge patch: values replace, objects merge, null removes. */
export type MergePatch = Readonly<Record<string, unknown>>;

/** @throws on text that is no YAML, or that holds something other than objects. */
export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document) => {
      if (document.errors[0] !== undefined) throw document.errors[0];
      return document.toJS() as unknown;
    })
    .filter((document) => document !== null)
    .map(asManifest);
}

export function asManifest(value: unknown): Manifest {
  if (!isManifest(value)) throw new Error(`not a Kubernetes object: ${JSON.stringify(value)}`);
  return value;
}

function isManifest(value: unknown): value is Manifest {
  return (
    isObject(value) &&
    typeof value["apiVersion"] === "string" &&
    typeof value["kind"] === "string" &&
    typeof at(value, "metadata", "name") === "string"
  );
}

export function namespaceOf(object: Manifest): string {
  const namespace = object.metadata["namespace"];
  return typeof namespace === "string" ? namespace : "default";
}

/** `nginx` → default/nginx. */
export function splitName(name: string): { readonly namespace: string; readonly name: string } {
  const [first = "", second] = name.split("/");
  return second === undefined ? { namespace: "default", name: first } : { namespace: first, name: second };
}

export function isNamed(object: Manifest, { kind, name }: ObjectName): boolean {
  const wanted = splitName(name);
  return (
    object.kind === kind && object.metadata.name === wanted.name && namespaceOf(object) === wanted.namespace
  );
}
