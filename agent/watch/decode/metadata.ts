// What all kinds have in common: who the object is, and whether it is on its way out.
import { isObjectName } from "../../model/object-name.ts";
import { objectKey } from "../../model/service.ts";
import type { ObjectKey } from "../../model/service.ts";
import { kinds } from "../kinds.ts";
import type { Kind } from "../kinds.ts";
import { DecodeError, isAbsent, isFields, Reader, show } from "./fields.ts";
import type { Fields } from "./fields.ts";

export interface Metadata {
  readonly namespace: string;
  readonly name: string;
  /** Empty where there is none: in manifests. */
  readonly uid: string;
  readonly labels: Fields;
  readonly annotations: Fields;
  readonly deleting: boolean;
}

/**
 * Reads metadata; names are safe to show and to use in keys from here on.
 *
 * @throws {DecodeError} when the object has no proper name.
 */
export function readMetadata(
  kind: Kind,
  wire: unknown,
): { wire: Fields; metadata: Metadata; reader: Reader } {
  const { fields, metadata, namespace, name } = identify(kind, wire);
  const reader = new Reader(kinds[kind].namespaced ? `${kind}/${namespace}/${name}` : `${kind}/${name}`);
  return {
    wire: fields,
    reader,
    metadata: {
      namespace,
      name,
      uid: reader.text(metadata["uid"], "metadata.uid") ?? "",
      labels: reader.fields(metadata["labels"], "metadata.labels"),
      annotations: reader.fields(metadata["annotations"], "metadata.annotations"),
      deleting: !isAbsent(metadata["deletionTimestamp"]),
    },
  };
}

/**
 * The object's key in the picture: `namespace/name`, or `name` for kinds without a namespace.
 *
 * @throws {DecodeError} when the object has no proper name.
 */
export function readKey(kind: Kind, wire: unknown): string {
  const { namespace, name } = identify(kind, wire);
  return kinds[kind].namespaced ? keyOf(namespace, name) : name;
}

export function keyOf(namespace: string, name: string): ObjectKey {
  return objectKey(namespace, name);
}

function identify(kind: Kind, wire: unknown) {
  if (!isFields(wire)) throw new DecodeError("", `${show(wire)} is not a ${kind}; it is left out`);
  const metadata = wire["metadata"];
  if (!isFields(metadata))
    throw new DecodeError(
      "metadata",
      `a ${kind} without metadata cannot be told from others; it is left out`,
    );
  const name = metadata["name"];
  if (!isObjectName(name))
    throw new DecodeError("metadata.name", `${show(name)} is not a name for a ${kind}; it is left out`);
  const namespace = kinds[kind].namespaced ? (metadata["namespace"] ?? "default") : "";
  if (namespace !== "" && !isObjectName(namespace))
    throw new DecodeError(
      "metadata.namespace",
      `${show(namespace)} is not a namespace for ${kind} ${name}; it is left out`,
    );
  return { fields: wire, metadata, namespace: namespace === "" ? "default" : namespace, name };
}
