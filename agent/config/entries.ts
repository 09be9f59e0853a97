// Lists of a configuration object: each entry is taken, asks for nothing, or is refused without harm to the others.
import { parseAddress } from "../model/address.ts";
import { hostPrefix, parsePrefix } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { quote } from "../model/problem.ts";
import type { Severity } from "../model/problem.ts";
import { fieldPath } from "./spec.ts";
import type { Json } from "./spec.ts";
import { didYouMean } from "../model/suggest.ts";

export type Tell = (field: string, severity: Severity, message: string) => void;

/** What is wrong with a part of an entry, without what holds meanwhile. */
export interface Refusal {
  readonly field: string;
  readonly says: string;
}

export type Entry<T> =
  | { readonly t: "taken"; readonly value: T }
  /** `{}` asks for nothing. */
  | { readonly t: "empty" }
  | { readonly t: "refused"; readonly refusals: readonly Refusal[] };

export interface List<T> {
  readonly values: readonly T[];
  /** What a later invalid edit falls back on: what this one fell back on, if nothing in it could be read. */
  readonly good: readonly T[] | null;
}

export interface ListInput<T> {
  readonly value: unknown;
  readonly field: string;
  /** What an entry looks like, in a message. */
  readonly form: string;
  /** null: the list was never valid since it was written. */
  readonly lastGood: readonly T[] | null;
  readonly readEntry: (entry: unknown, at: string) => Entry<T>;
  readonly tell: Tell;
}

export function readList<T>({ value, field, form, lastGood, readEntry, tell }: ListInput<T>): List<T> {
  const fallBack = { values: lastGood ?? [], good: lastGood };
  if (!Array.isArray(value)) {
    const meanwhile = lastGood === null ? "it counts as empty" : "the last valid list holds";
    tell(field, "error", `${quote(value)} is not a list of ${form} entries; ${meanwhile}`);
    return fallBack;
  }
  const values: T[] = [];
  const refusals: Refusal[] = [];
  for (const [index, entry] of value.entries()) {
    const read = readEntry(entry, `${field}[${String(index)}]`);
    if (read.t === "taken") values.push(read.value);
    else if (read.t === "refused") refusals.push(...read.refusals);
  }
  const fellBack = values.length === 0 && refusals.length > 0;
  const holds =
    fellBack && lastGood !== null
      ? "no entry is valid, so the last valid list holds"
      : "this entry is left out";
  for (const { field: at, says } of refusals) tell(at, "error", `${says}; ${holds}`);
  return fellBack ? fallBack : { values, good: values };
}

/** The list as it last was valid. */
export function kept<T>(lastGood: readonly T[] | null): List<T> | null {
  return lastGood === null ? null : { values: lastGood, good: lastGood };
}

export function refused(field: string, says: string): Entry<never> {
  return { t: "refused", refusals: [{ field, says }] };
}

export function tellUnknown(entry: Json, at: string, known: readonly string[], tell: Tell): void {
  for (const name of Object.keys(entry).filter((key) => !known.includes(key))) {
    const hint = didYouMean(name, known);
    tell(fieldPath(at, name), "warning", `there is no such field, and it has no effect${hint}`);
  }
}

export function readCidr(cidr: unknown, at: string, tell: Tell): Entry<Prefix> {
  const parsed = typeof cidr === "string" ? parsePrefix(cidr) : null;
  if (parsed === null) return refused(at, `${quote(cidr)} is not a CIDR${hint(cidr)}`);
  if (parsed.hadHostBits) tell(at, "warning", `${quote(cidr)} has host bits set; ${parsed.prefix} is used`);
  return { t: "taken", value: parsed.prefix };
}

/** A bare address is the likeliest slip. */
function hint(cidr: unknown): string {
  const address = typeof cidr === "string" ? parseAddress(cidr) : null;
  return address === null ? "" : ` (one address is written ${hostPrefix(address)})`;
}
