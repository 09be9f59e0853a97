// Reads fields of objects as they come over the wire: what is absent gets its default, what is wrong is reported.
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { quote } from "../../model/problem.ts";
import type { Problem, Severity } from "../../model/problem.ts";

/** An object of decoded JSON or YAML. */
export type Fields = Readonly<Record<string, unknown>>;

const noFields: Fields = {};
const nothing: readonly never[] = [];

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The API writes an optional field that is not set as null, or leaves it out. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** Foreign values fit for a message. Collections are named, not shown: they may nest without end. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return isFields(value) ? "an object" : quote(value);
}

/** Path to an entry of labels or annotations, whose name may be foreign text. */
export function entryPath(field: string, name: string): string {
  return `${field}[${/^[\w./-]+$/.test(name) ? name : quote(name)}]`;
}

/** Told of what no server would take, and of what YAML aliases make endless, before anything walks through it. */
export function nestsDeeperThan(levels: number, value: unknown): boolean {
  if (!Array.isArray(value) && !isFields(value)) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner: unknown) => nestsDeeperThan(levels - 1, inner));
}

/** An object of which not even the name can be read: it cannot have a place in the picture. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  /** Path of the field that is wrong; empty: the object as a whole. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** Reads the fields of one object and collects what is wrong with them. */
export class Reader {
  /** As a Problem names it: `Service/namespace/name`. */
  readonly object: string;
  #problems: Problem[] | null = null;

  constructor(object: string) {
    this.object = object;
  }

  get problems(): readonly Problem[] {
    return this.#problems ?? nothing;
  }

  /** `message` tells in one sentence what is wrong and what holds meanwhile. */
  report(field: string, message: string, severity: Severity = "error"): void {
    (this.#problems ??= []).push({ object: this.object, field, severity, message });
  }

  fields(value: unknown, field: string): Fields {
    if (isFields(value)) return value;
    if (!isAbsent(value)) this.report(field, `${show(value)} is not an object; it is left out`);
    return noFields;
  }

  list(value: unknown, field: string): readonly unknown[] {
    if (Array.isArray(value)) return value;
    if (!isAbsent(value)) this.report(field, `${show(value)} is not a list; it is left out`);
    return nothing;
  }

  text(value: unknown, field: string): string | null {
    if (typeof value === "string") return value;
    if (!isAbsent(value)) this.report(field, `${show(value)} is not a string; it is left out`);
    return null;
  }

  choice<T extends string>(value: unknown, field: string, choices: readonly T[], fallback: T): T {
    if (isAbsent(value)) return fallback;
    for (const choice of choices) if (value === choice) return choice;
    this.report(field, `${show(value)} is none of ${choices.join(", ")}; it counts as ${fallback}`);
    return fallback;
  }

  address(value: unknown, field: string): Address | null {
    const address = typeof value === "string" ? parseAddress(value) : null;
    if (address === null) this.report(field, `${show(value)} is not an IP address; it is left out`);
    return address;
  }

  /** Each address once. `field` is the list's; entries that are empty strings are not allocated yet. */
  addresses(values: readonly unknown[], field: string): readonly Address[] {
    if (values.length === 0) return nothing;
    const addresses = new Set<Address>();
    for (const [index, value] of values.entries()) {
      if (value === "") continue;
      const address = this.address(value, `${field}[${index}]`);
      if (address !== null) addresses.add(address);
    }
    return [...addresses];
  }

  /** The entries of labels or annotations that `wanted` names, or all. */
  strings(value: Fields, field: string, wanted?: readonly string[]): Readonly<Record<string, string>> {
    const entries: [string, string][] = [];
    for (const name of wanted ?? Object.keys(value)) {
      if (!Object.hasOwn(value, name)) continue;
      const text = this.text(value[name], entryPath(field, name));
      if (text !== null) entries.push([name, text]);
    }
    return entries.length === 0 ? noStrings : Object.fromEntries(entries);
  }
}

const noStrings: Readonly<Record<string, string>> = {};
