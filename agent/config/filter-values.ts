// Values that conditions and operations of a BGPFilter's rules have in common.
import { parseAsn } from "../model/asn.ts";
import type { Asn } from "../model/asn.ts";
import { quote } from "../model/problem.ts";
import { describeBadAsn } from "./values.ts";

/** Told of a value that cannot be read. */
export type Refuse = (field: string, says: string) => void;

/** Priorities that Calico takes for a route. */
const priorities = { min: 1, max: 2_147_483_646 } as const;

export function readPriority(value: unknown, field: string, refuse: Refuse): number | null {
  const { min, max } = priorities;
  if (isInteger(value, min, max)) return value;
  refuse(field, `${quote(value)} is not a priority from ${min} to ${max}`);
  return null;
}

/** A list of AS numbers, plain or dotted. */
export function readAsns(value: unknown, field: string, most: number, refuse: Refuse): readonly Asn[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [];
  if (entries.length === 0 || entries.length > most) {
    refuse(field, `${quote(value)} is not a list of 1 to ${most} AS numbers`);
    return [];
  }
  return entries.flatMap((entry, index) => {
    const asn = parseAsn(entry);
    if (asn === null) refuse(`${field}[${index}]`, describeBadAsn(entry));
    return asn ?? [];
  });
}

export function isInteger(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
}
