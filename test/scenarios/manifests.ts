// The Kubernetes objects of a scenario: written inline or in files beside it, patched, and those that are always there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isNamed, namespaceOf, parseManifests } from "../../lab/cluster/manifest.ts";
import type { Manifest, MergePatch, ObjectName } from "../../lab/cluster/manifest.ts";
import { kindNames, kinds } from "../../agent/watch/kinds.ts";
import type { Kind } from "../../agent/watch/kinds.ts";
import { projectRoot } from "../support/paths.ts";
import { isFields } from "./reader.ts";
import type { Fields } from "./reader.ts";

export interface ScenarioObject extends Manifest {
  readonly kind: Kind;
}

export function isKind(value: unknown): value is Kind {
  return kindNames.some((kind) => kind === value);
}

/** The lab's three nodes and its peer: what every scenario begins with. */
export function baseObjects(): readonly ScenarioObject[] {
  const read = (path: string) => parseManifests(readFileSync(join(projectRoot, path), "utf8"));
  return [...read("lab/manifests/plain/nodes.yaml"), ...read("lab/manifests/peers/ibgp/tor.yaml")]
    .filter(isScenarioObject)
    .filter(({ kind }) => kind === "Node" || kind === "BGPPeer");
}

/** null: not an object of a kind that Bellman reads. apiVersion and namespace may be left out. */
export function asObject(value: unknown): ScenarioObject | null {
  if (!isFields(value) || !isKind(value["kind"])) return null;
  const kind = value["kind"];
  const { apiVersion, namespaced } = kinds[kind];
  const given = value["metadata"];
  if (!isFields(given)) return null;
  const metadata = namespaced ? { namespace: "default", ...given } : given;
  const object = { apiVersion, ...value, kind, metadata };
  return isScenarioObject(object) ? object : null;
}

function isScenarioObject(value: Fields): value is ScenarioObject {
  const { apiVersion, kind, metadata } = value;
  return (
    typeof apiVersion === "string" &&
    isKind(kind) &&
    isFields(metadata) &&
    typeof metadata["name"] === "string"
  );
}

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch))
    if (value === null) Reflect.deleteProperty(merged, key);
    else merged[key] = mergePatch(merged[key], value);
  return merged;
}

/** The objects as they are at one point of a scenario. */
export class ObjectStore {
  readonly #objects: ScenarioObject[] = [];

  all(): readonly ScenarioObject[] {
    return this.#objects;
  }

  put(object: ScenarioObject): void {
    const index = this.#index({ kind: object.kind, name: qualifiedName(object) });
    if (index < 0) this.#objects.push(object);
    else this.#objects[index] = object;
  }

  /** null: there is no such object. */
  patch(name: ObjectName, patch: MergePatch): ScenarioObject | null {
    const object = asObject(mergePatch(this.#objects[this.#index(name)], patch));
    if (object !== null) this.put(object);
    return object;
  }

  /** null: there is no such object. */
  delete(name: ObjectName): ScenarioObject | null {
    const index = this.#index(name);
    return index < 0 ? null : (this.#objects.splice(index, 1)[0] ?? null);
  }

  #index(name: ObjectName): number {
    return this.#objects.findIndex((object) => isNamed(object, name));
  }
}

/** `namespace/name`, as `rack.delete` and `rack.patch` take it. */
export function qualifiedName(object: ScenarioObject): string {
  return `${namespaceOf(object)}/${object.metadata.name}`;
}

/** Key in the picture. */
export function pictureKey(object: ScenarioObject): string {
  return kinds[object.kind].namespaced ? qualifiedName(object) : object.metadata.name;
}
