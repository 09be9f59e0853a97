// What a rule of a BGPFilter does to the routes it accepts.
import type { FilterOperation } from "../model/filter.ts";
import { quote } from "../model/problem.ts";
import { communityForms, parseAnyCommunity } from "./communities.ts";
import { readAsns, readPriority } from "./filter-values.ts";
import type { Refuse } from "./filter-values.ts";
import { isRecord } from "./spec.ts";
import type { Json } from "./spec.ts";

/** As in Calico: operations of a rule, and AS numbers of one operation. */
const most = 10;

/** The operation itself, by the name of its field; each takes an object with one field of its own. */
interface OperationSpec {
  readonly addCommunity: { readonly value: string };
  readonly prependASPath: { readonly prefix: readonly (number | string)[] };
  readonly setPriority: { readonly value: number };
}

type Reader = (value: unknown, field: string, refuse: Refuse) => FilterOperation | null;

const readers: Readonly<Record<keyof OperationSpec, { readonly field: string; readonly read: Reader }>> = {
  addCommunity: {
    field: "value",
    read(value, field, refuse) {
      const community = parseAnyCommunity(value);
      if (community !== null) return { t: "addCommunity", community };
      refuse(field, `${quote(value)} is not a community (${communityForms})`);
      return null;
    },
  },
  prependASPath: {
    field: "prefix",
    read: (value, field, refuse) => ({ t: "prepend", asns: readAsns(value, field, most, refuse) }),
  },
  setPriority: {
    field: "value",
    read(value, field, refuse) {
      const priority = readPriority(value, field, refuse);
      return priority === null ? null : { t: "setPriority", priority };
    },
  },
};

const isOperation = (name: string): name is keyof OperationSpec => Object.hasOwn(readers, name);

export const operationNames = Object.keys(readers).filter(isOperation);

export function readOperations(value: unknown, field: string, refuse: Refuse): readonly FilterOperation[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [];
  if (entries.length === 0 || entries.length > most) {
    refuse(field, `${quote(value)} is not a list of 1 to ${most} operations`);
    return [];
  }
  return entries.flatMap((entry, index) => readOperation(entry, `${field}[${index}]`, refuse) ?? []);
}

function readOperation(entry: unknown, at: string, refuse: Refuse): FilterOperation | null {
  const set = isRecord(entry) ? Object.keys(entry).filter((key) => entry[key] != null) : [];
  const [name, ...others] = set;
  if (!isRecord(entry) || name === undefined || !isOperation(name) || others.length > 0) {
    refuse(at, `${quote(entry)} is not one of the operations ${operationNames.join(", ")}`);
    return null;
  }
  const { field, read } = readers[name];
  const inner = entry[name];
  if (!isRecord(inner) || !hasOnly(inner, field)) {
    refuse(`${at}.${name}`, `${quote(inner)} is not of the form {${field}: …}`);
    return null;
  }
  return read(inner[field], `${at}.${name}.${field}`, refuse);
}

function hasOnly(value: Json, field: string): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === field;
}
