// BGPFilter objects: what may be sent to a peer that names them, and what may be taken from it.
//
// Each of the four lists is read by itself. A list with a rule that cannot be read stays as it last was; where it never
// was, nothing passes: a rule left out could let through what it was written to stop.
import type { ConfigObject } from "../model/config-object.ts";
import type { Family } from "../model/family.ts";
import type { Filter, FilterRule, Rules } from "../model/filter.ts";
import { quote } from "../model/problem.ts";
import type { Problem, Severity } from "../model/problem.ts";
import type { Refusal } from "./entries.ts";
import { readFilterRule } from "./filter-rule.ts";
import { isEmpty, isRecord, objectName, readFields } from "./spec.ts";
import type { Handler } from "./spec.ts";

/** Every field of spec that Calico knows (3.32). */
export interface BgpFilterSpec {
  readonly exportV4: readonly object[];
  readonly exportV6: readonly object[];
  readonly importV4: readonly object[];
  readonly importV6: readonly object[];
}

/** More rules would be asked for every route of every peer. */
const maxRules = 1000;

interface ResolvedFilters {
  /** By name; also what later edits that cannot be read fall back on. */
  readonly filters: ReadonlyMap<string, Filter>;
  readonly problems: readonly Problem[];
}

export function resolveFilters(
  objects: ReadonlyMap<string, ConfigObject>,
  lastGood: ReadonlyMap<string, Filter>,
): ResolvedFilters {
  const filters = new Map<string, Filter>();
  const problems: Problem[] = [];
  for (const object of objects.values()) {
    const reading = new Reading(object, lastGood.get(object.name));
    filters.set(object.name, reading.filter());
    problems.push(...reading.problems);
  }
  return { filters, problems };
}

type Direction = "exports" | "imports";
type Lists = Record<Direction, Record<Family, Rules>>;

class Reading {
  readonly problems: Problem[] = [];
  readonly #object: string;
  readonly #name: string;
  readonly #before: Filter | undefined;
  readonly #lists: Lists = { exports: { ipv4: [], ipv6: [] }, imports: { ipv4: [], ipv6: [] } };

  constructor(object: ConfigObject, before: Filter | undefined) {
    this.#object = objectName(object);
    this.#name = object.name;
    this.#before = before;
    const { spec } = object;
    if (isRecord(spec)) {
      const strange: Refusal[] = [];
      readFields<Reading>(spec, "spec", bgpFilterFields, this, (field, _, says) =>
        strange.push({ field, says }),
      );
      // Under its right name it would be asked: without it, more might pass than is meant to.
      for (const { field, says } of strange) this.tell(field, "error", `${says}; ${this.#keepAll()}`);
    } else if (!isEmpty(spec))
      this.tell("spec", "error", `${quote(spec)} is no set of fields; ${this.#keepAll()}`);
  }

  filter(): Filter {
    return { name: this.#name, ...this.#lists };
  }

  readonly tell = (field: string, severity: Severity, message: string): void => {
    this.problems.push({ object: this.#object, field, severity, message });
  };

  readList(direction: Direction, family: Family, value: unknown, field: string): void {
    if (isEmpty(value)) return;
    if (!Array.isArray(value) || value.length > maxRules) {
      const says = `${quote(value)} is not a list of ${maxRules} rules at most`;
      this.tell(field, "error", `${says}; ${this.#keep(direction, family)}`);
      return;
    }
    const rules: FilterRule[] = [];
    const refusals: Refusal[] = [];
    for (const [index, entry] of (value as readonly unknown[]).entries()) {
      const read = readFilterRule(entry, `${field}[${index}]`, family, this.tell);
      if (read.t === "taken") rules.push(read.value);
      else if (read.t === "refused") refusals.push(...read.refusals);
    }
    if (refusals.length === 0) this.#lists[direction][family] = rules;
    else {
      const meanwhile = this.#keep(direction, family);
      for (const { field: at, says } of refusals) this.tell(at, "error", `${says}; ${meanwhile}`);
    }
  }

  /** Falls back on the list as it last was, and tells what that means. */
  #keep(direction: Direction, family: Family): string {
    const before = this.#before?.[direction][family] ?? null;
    this.#lists[direction][family] = before;
    if (before !== null) return "the rules stay as they last were valid";
    const passes = direction === "exports" ? "sent to" : "taken from";
    const routes = family === "ipv4" ? "IPv4" : "IPv6";
    return `no ${routes} route is ${passes} a peer with this filter`;
  }

  #keepAll(): string {
    for (const direction of ["exports", "imports"] as const)
      for (const family of ["ipv4", "ipv6"] as const) this.#keep(direction, family);
    return this.#before === undefined
      ? "no route is sent to or taken from a peer with this filter"
      : "the rules stay as they last were valid";
  }
}

/** One handler for each field, so that none is dropped without a word. */
export const bgpFilterFields = {
  exportV4: (value, field, reading) => reading.readList("exports", "ipv4", value, field),
  exportV6: (value, field, reading) => reading.readList("exports", "ipv6", value, field),
  importV4: (value, field, reading) => reading.readList("imports", "ipv4", value, field),
  importV6: (value, field, reading) => reading.readList("imports", "ipv6", value, field),
} satisfies Record<keyof BgpFilterSpec, Handler<Reading>>;
