// serviceClusterIPs, serviceExternalIPs and serviceLoadBalancerIPs: lists of `{cidr}`, as allow lists.
import { container, isHostPrefix } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { quote } from "../model/problem.ts";
import { readCidr, readList, refused, tellUnknown } from "./entries.ts";
import type { Entry, List, Tell } from "./entries.ts";
import type { AllowEntry } from "./node-config.ts";
import { isEmpty, isRecord } from "./spec.ts";

export function readAllowList(
  value: unknown,
  field: string,
  lastGood: readonly AllowEntry[] | null,
  tell: Tell,
): List<AllowEntry> {
  const seen = new Set<Prefix>();
  const once = (entry: unknown, at: string): Entry<AllowEntry> => {
    const read = readEntry(entry, at, tell);
    if (read.t !== "taken") return read;
    if (seen.has(read.value)) return { t: "empty" };
    seen.add(read.value);
    return { t: "taken", value: allowEntry(read.value) };
  };
  return readList({ value, field, form: "{cidr}", lastGood, readEntry: once, tell });
}

export function allowEntry(prefix: Prefix): AllowEntry {
  return { prefix, exact: isHostPrefix(prefix), contains: container(prefix) };
}

function readEntry(entry: unknown, at: string, tell: Tell): Entry<Prefix> {
  if (entry === null) return { t: "empty" };
  if (!isRecord(entry)) return refused(at, `${quote(entry)} is not of the form {cidr: …}`);
  const cidr = entry["cidr"];
  if (!isEmpty(cidr)) {
    tellUnknown(entry, at, ["cidr"], tell);
    return readCidr(cidr, `${at}.cidr`, tell);
  }
  const [other] = Object.keys(entry).filter((name) => name !== "cidr");
  return other === undefined ? { t: "empty" } : refused(at, `the entry has ${quote(other)}, but no cidr`);
}
