// What random objects of all kinds have in common: fields that may be absent, metadata where the API has it.
import * as fc from "fast-check";

/** Present in so many of ten, else left out. */
export function some<T>(arbitrary: fc.Arbitrary<T>, inTen = 5): fc.Arbitrary<T | undefined> {
  return fc.oneof({ arbitrary, weight: inTen }, { arbitrary: fc.constant(undefined), weight: 10 - inTen });
}

/** An object without the fields that came out as undefined. */
export function record(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> {
  return fc
    .record(fields)
    .map((object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
}

export const uid = fc.constantFrom("1", "2");
export const deletionTimestamp = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 24 },
  { arbitrary: fc.constant("2026-01-01T00:00:00Z"), weight: 1 },
);

/** Puts what belongs to metadata where the API has it. */
export function named(object: object): object {
  const {
    key,
    uid: id,
    labels,
    annotations: notes,
    deletionTimestamp: deleted,
    apiVersion,
    kind,
    ...rest
  } = fields(object);
  const [namespace, name] = String(key).includes("/") ? String(key).split("/") : [undefined, key];
  const metadata = { namespace, name, uid: id, labels, annotations: notes, deletionTimestamp: deleted };
  return {
    apiVersion,
    kind,
    metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined)),
    ...rest,
  };
}

function fields(object: object): Readonly<Record<string, unknown>> {
  return { ...object };
}
