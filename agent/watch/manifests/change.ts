// A change to the cluster that is not made yet: manifests to apply and to delete, laid over a picture.
import type { Problem } from "../../model/problem.ts";
import type { Cluster } from "../cluster.ts";
import { decode, modelKey } from "../decode/decode.ts";
import { DecodeError, isAbsent, isFields, nestsDeeperThan } from "../decode/fields.ts";
import type { Fields } from "../decode/fields.ts";
import { readKey } from "../decode/metadata.ts";
import type { Kind } from "../kinds.ts";
import { applyManifest } from "./apply.ts";
import { fileObject } from "./contents.ts";
import type { ManifestText } from "./read.ts";
import { readWireObjects } from "./wire.ts";

/** More than any of the watched kinds nests. */
const maxDepth = 64;

export interface ObjectName {
  readonly kind: Kind;
  /** Key in the picture. */
  readonly key: string;
}

export interface ObjectChange extends ObjectName {
  /** null: it is deleted. */
  readonly manifest: Fields | null;
}

export interface ChangeSet {
  /** In the order in which they are made. */
  readonly changes: readonly ObjectChange[];
  /** Files and objects of which nothing can be made; the others hold. */
  readonly problems: readonly Problem[];
}

/** Objects as they are written, by `nameOf`. */
export type WireStore = ReadonlyMap<string, Fields>;

export function nameOf({ kind, key }: ObjectName): string {
  return `${kind}/${key}`;
}

/** Applies come first, deletions after them. */
export function readChangeSet(applied: readonly ManifestText[], deleted: readonly ManifestText[]): ChangeSet {
  const problems: Problem[] = [];
  // Passwords change no plan, and to be shown one nobody should need the right to read them.
  const read = (texts: readonly ManifestText[], deletes: boolean) =>
    eachObject(texts, problems)
      .filter(({ kind }) => kind !== "Secret")
      .map(({ kind, key, wire }) => ({ kind, key, manifest: deletes ? null : wire }));
  const changes = [...read(applied, false), ...read(deleted, true)];
  return { changes, problems };
}

/** Of two objects of one name the first counts, as in the picture. */
export function wiresIn(texts: readonly ManifestText[], wanted: readonly ObjectName[]): WireStore {
  const names = new Set(wanted.map(nameOf));
  const found = new Map<string, Fields>();
  for (const { wire, ...object } of eachObject(texts, [])) {
    const name = nameOf(object);
    if (names.has(name) && !found.has(name)) found.set(name, wire);
  }
  return found;
}

/**
 * Makes the changes in the picture, as a watcher would see them.
 *
 * @param live the objects that are to be changed, as they are; those that are not there are left out
 */
export function makeChanges(cluster: Cluster, { changes, problems }: ChangeSet, live: WireStore): void {
  const objects = new Map(live);
  const said = [...problems];
  for (const change of changes) {
    const { kind, key, manifest } = change;
    const name = nameOf(change);
    const before = objects.get(name);
    if (manifest === null) {
      if (before === undefined) said.push(notThere(name));
      objects.delete(name);
      cluster.remove(kind, key);
      continue;
    }
    const after = applyManifest(before, manifest);
    objects.set(name, after);
    said.push(
      ...set(cluster, kind, name, after),
      ...(kind === "Service" ? unforeseen(name, before, after) : []),
    );
  }
  cluster.report("change", said);
}

function set(cluster: Cluster, kind: Kind, name: string, wire: Fields): readonly Problem[] {
  try {
    const object = decode(kind, wire);
    cluster.set(kind, modelKey(object), object);
    return [];
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return [{ object: name, field: error.field, severity: "error", message: error.message }];
  }
}

function notThere(object: string): Problem {
  return { object, field: "", severity: "error", message: "there is no such object to delete" };
}

/** What others will make of a Service, and nobody can tell before. */
function unforeseen(object: string, before: Fields | undefined, after: Fields): readonly Problem[] {
  const spec = after["spec"];
  if (!isFields(spec)) return [];
  const wasBalanced = fields(before?.["spec"])["type"] === "LoadBalancer";
  const told: Readonly<Record<string, boolean>> = {
    "spec.clusterIPs":
      spec["type"] !== "ExternalName" && isAbsent(spec["clusterIPs"]) && isAbsent(spec["clusterIP"]),
    "spec.selector": before === undefined && isFields(spec["selector"]),
    "status.loadBalancer": spec["type"] === "LoadBalancer" && !wasBalanced,
  };
  return Object.entries(told).flatMap(([field, applies]): readonly Problem[] => {
    const message = messages[field];
    return applies && message !== undefined ? [{ object, field, severity: "warning", message }] : [];
  });
}

const messages: Readonly<Record<string, string>> = {
  "spec.clusterIPs": "the API server will choose the cluster IPs: routes to them are not foreseen",
  "spec.selector":
    "its EndpointSlices are yet to be made: routes that need an endpoint are foreseen only where manifests have them",
  "status.loadBalancer": "a load balancer controller will choose the address: routes to it are not foreseen",
};

interface NamedWire extends ObjectName {
  readonly wire: Fields;
}

function eachObject(texts: readonly ManifestText[], problems: Problem[]): readonly NamedWire[] {
  return texts.flatMap(({ name, text }) => {
    const file = fileObject(name);
    const report = (field: string, message: string) =>
      problems.push({ object: file, field, severity: "error", message });
    const read = readWireObjects(text);
    if (read.t === "broken") {
      report("", `${read.message}; nothing in it counts`);
      return [];
    }
    return read.objects.flatMap(({ kind, wire, where }): readonly NamedWire[] => {
      try {
        if (nestsDeeperThan(maxDepth, wire))
          throw new DecodeError("", `a ${kind} nests more than ${maxDepth} levels deep; it is left out`);
        return [{ kind, key: readKey(kind, wire), wire }];
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        report(error.field, `${where}: ${error.message}`);
        return [];
      }
    });
  });
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}
