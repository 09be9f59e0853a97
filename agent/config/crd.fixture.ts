// The CRDs of the chart: which fields an object may have, and of which type each is.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { isRecord } from "./spec.ts";

export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (Array.isArray(inner) && typeof step === "number") return (inner as readonly unknown[])[step];
    return isRecord(inner) ? inner[step] : undefined;
  }, value);
}

export interface Crd {
  readonly crd: unknown;
  /** Schema of each field of spec. */
  readonly spec: unknown;
}

/** @param plural such as `bgppeers` */
export function readCrd(plural: string): Crd {
  const file = new URL(`../../charts/bellman/crds/${plural}.yaml`, import.meta.url);
  const crd: unknown = parse(readFileSync(file, "utf8"));
  const schema = at(crd, "spec", "versions", 0, "schema", "openAPIV3Schema");
  return { crd, spec: at(schema, "properties", "spec", "properties") };
}

export type FieldType = "array" | "boolean" | "integer" | "integer or text" | "object" | "string";

export interface CrdField {
  /** Such as `communities[0].name`: a list has one entry here. */
  readonly path: string;
  readonly type: FieldType;
  /** The schema limits what it may be within its type. */
  readonly limited: boolean;
}

const limits = ["enum", "format", "maximum", "minItems", "minimum", "pattern", "x-kubernetes-validations"];

/** Every field of spec, and every field within those. */
export function fieldsOf({ spec }: Crd): readonly CrdField[] {
  return within("", spec);
}

function within(before: string, properties: unknown): readonly CrdField[] {
  if (!isRecord(properties)) return [];
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = before === "" ? name : `${before}.${name}`;
    const deeper = [
      ...within(path, at(schema, "properties")),
      ...within(`${path}[0]`, at(schema, "items", "properties")),
    ];
    const items = at(schema, "items");
    const limited = [schema, items].some((each) => isRecord(each) && limits.some((limit) => limit in each));
    return [{ path, type: typeOf(schema), limited }, ...deeper];
  });
}

function typeOf(schema: unknown): FieldType {
  if (at(schema, "x-kubernetes-int-or-string") === true) return "integer or text";
  const type = at(schema, "type");
  const found = (["array", "boolean", "integer", "object", "string"] as const).find((each) => each === type);
  if (found === undefined) throw new Error(`a field of a CRD has the type ${String(type)}`);
  return found;
}
