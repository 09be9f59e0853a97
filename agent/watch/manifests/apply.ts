// What becomes of an object when a manifest is applied to it, as client-side `kubectl apply` and the API server do it.
import { isAbsent, isFields } from "../decode/fields.ts";
import type { Fields } from "../decode/fields.ts";

/** Where `kubectl apply` keeps the manifest that it applied last. */
const lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

/** Fields of a Service's spec that the API server fills in, and keeps when an update leaves them out. */
const allocated = ["clusterIP", "clusterIPs", "healthCheckNodePort"];

/**
 * The object as it is after `kubectl apply`: the manifest laid over it field by field, a list as a whole; gone is what
 * the manifest that was applied last had and this one has not; status and whatever else is not the user's to set stay.
 *
 * @param live undefined: there is no such object.
 */
export function applyManifest(live: Fields | undefined, manifest: Fields): Fields {
  const wanted = settable(manifest);
  const identity = { apiVersion: manifest["apiVersion"], kind: manifest["kind"] };
  const { name, namespace } = fields(manifest["metadata"]);
  const base = live ?? { metadata: { name, ...(!isAbsent(namespace) && { namespace }) } };
  const merged = fields(mergePatch(without(base, settable(lastApplied(base)), wanted), wanted));
  const metadata = fields(merged["metadata"]);
  const annotations = {
    ...fields(metadata["annotations"]),
    [lastAppliedAnnotation]: JSON.stringify({ ...identity, ...wanted }),
  };
  return {
    ...merged,
    ...identity,
    metadata: { ...metadata, annotations },
    ...(isFields(merged["spec"]) && { spec: keepAllocated(fields(base["spec"]), merged["spec"]) }),
  };
}

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged = new Map(Object.entries(fields(target)));
  for (const [key, value] of Object.entries(patch))
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  return Object.fromEntries(merged);
}

/** What of a manifest the API takes from `kubectl apply`. */
function settable({ metadata, ...rest }: Fields): Fields {
  const { labels, annotations } = fields(metadata);
  const body = Object.entries(rest).filter(([key]) => !["apiVersion", "kind", "status"].includes(key));
  return {
    ...Object.fromEntries(body),
    metadata: { ...(isFields(labels) && { labels }), annotations: fields(annotations) },
  };
}

function lastApplied(object: Fields): Fields {
  const text = fields(fields(object["metadata"])["annotations"])[lastAppliedAnnotation];
  try {
    return fields(typeof text === "string" ? JSON.parse(text) : null);
  } catch {
    return {};
  }
}

/** Takes from an object what was wanted of it before and is wanted no longer. */
function without(object: Fields, before: Fields, wanted: Fields): Fields {
  const kept = Object.entries(object).flatMap(([key, value]): readonly [string, unknown][] => {
    if (!Object.hasOwn(before, key)) return [[key, value]];
    if (!Object.hasOwn(wanted, key)) return [];
    const [inner, old, now] = [value, before[key], wanted[key]];
    return [[key, isFields(inner) && isFields(old) && isFields(now) ? without(inner, old, now) : inner]];
  });
  return Object.fromEntries(kept);
}

function keepAllocated(before: Fields, spec: Fields): Fields {
  const kept = allocated.filter((name) => !Object.hasOwn(spec, name) && Object.hasOwn(before, name));
  return { ...spec, ...Object.fromEntries(kept.map((name) => [name, before[name]])) };
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}
