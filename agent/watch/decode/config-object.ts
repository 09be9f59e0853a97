// BGPConfiguration, BGPPeer and BGPFilter (projectcalico.org/v3, or as Calico stores them): who the object is; the config room reads the spec.
import type { ConfigKind, ConfigObject } from "../../model/config-object.ts";
import { DecodeError, isFields, nestsDeeperThan } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { readMetadata } from "./metadata.ts";

/** Where Calico's storage group keeps the labels: the object's own metadata as JSON, its labels not beside it. */
const storedMetadata = "projectcalico.org/metadata";

/** Far more than the types of projectcalico.org/v3 nest. */
const maxDepth = 32;

/**
 * @throws {DecodeError} when the object has no proper name, or metadata that no API server would take, or a spec that
 *   nests so deeply (or, by YAML aliases, without end) that it could not be compared.
 */
export function decodeConfigObject(kind: ConfigKind, object: unknown): ConfigObject {
  const { wire, metadata, reader } = readMetadata(kind, object);
  const labels = {
    ...reader.strings(storedLabels(metadata.annotations), `metadata.annotations[${storedMetadata}].labels`),
    ...reader.strings(metadata.labels, "metadata.labels"),
  };
  const [problem] = reader.problems;
  if (problem !== undefined)
    throw new DecodeError(problem.field, `${problem.message}, and with it ${reader.object}`);
  const spec = wire["spec"] ?? {};
  if (nestsDeeperThan(maxDepth, spec))
    throw new DecodeError("spec", `nests more than ${maxDepth} levels deep; ${reader.object} is left out`);
  return { kind, name: metadata.name, uid: metadata.uid, labels, spec };
}

/** An annotation that Calico did not write has none. */
function storedLabels(annotations: Fields): Fields {
  const text = annotations[storedMetadata];
  if (typeof text !== "string") return {};
  try {
    const stored: unknown = JSON.parse(text);
    const labels: unknown = isFields(stored) ? stored["labels"] : undefined;
    return isFields(labels) ? labels : {};
  } catch {
    return {};
  }
}
