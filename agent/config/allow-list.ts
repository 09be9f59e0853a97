// serviceClusterIPs, serviceExternalIPs and serviceLoadBalancerIPs: lists of `{cidr}`, as allow lists.
import { parseAddress } from "../model/address.ts";
import { container, hostPrefix, isHostPrefix, parsePrefix } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { quote } from "../model/problem.ts";
import type { Severity } from "../model/problem.ts";
import type { AllowEntry } from "./node-config.ts";
import { fieldPath, isEmpty, isRecord } from "./spec.ts";

interface AllowList {
  readonly entries: readonly AllowEntry[];
  /** Nothing in it could be read: the value that was good before holds, where there is one. */
  readonly fellBack: boolean;
}

type Tell = (field: string, severity: Severity, message: string) => void;

export function readAllowList(
  value: unknown,
  field: string,
  lastGood: readonly AllowEntry[] | undefined,
  tell: Tell,
): AllowList {
  const fallBack = { entries: lastGood ?? [], fellBack: true };
  const meanwhile = lastGood === undefined ? "it counts as empty" : "the last valid list holds";
  if (!Array.isArray(value)) {
    tell(field, "error", `${quote(value)} is not a list of {cidr} entries; ${meanwhile}`);
    return fallBack;
  }
  const prefixes = new Set<Prefix>();
  const refused: { readonly field: string; readonly says: string }[] = [];
  for (const [index, entry] of value.entries()) {
    const at = `${field}[${String(index)}]`;
    const read = readEntry(entry, at, tell);
    if (read.t === "prefix") prefixes.add(read.prefix);
    else if (read.t === "refused") refused.push(read);
  }
  const fellBack = prefixes.size === 0 && refused.length > 0;
  const holds =
    fellBack && lastGood !== undefined
      ? "no entry is valid, so the last valid list holds"
      : "this entry is left out";
  for (const { field: at, says } of refused) tell(at, "error", `${says}; ${holds}`);
  return fellBack ? fallBack : { entries: [...prefixes].map(allowEntry), fellBack };
}

export function allowEntry(prefix: Prefix): AllowEntry {
  return { prefix, exact: isHostPrefix(prefix), contains: container(prefix) };
}

type Entry =
  | { readonly t: "prefix"; readonly prefix: Prefix }
  /** `{}` asks for nothing. */
  | { readonly t: "empty" }
  | { readonly t: "refused"; readonly field: string; readonly says: string };

function readEntry(entry: unknown, at: string, tell: Tell): Entry {
  if (entry === null) return { t: "empty" };
  if (!isRecord(entry))
    return { t: "refused", field: at, says: `${quote(entry)} is not of the form {cidr: …}` };
  const others = Object.keys(entry).filter((name) => name !== "cidr");
  const cidr = entry["cidr"];
  if (isEmpty(cidr)) {
    if (others.length === 0) return { t: "empty" };
    return { t: "refused", field: at, says: `the entry has ${quote(others[0])}, but no cidr` };
  }
  for (const name of others)
    tell(fieldPath(at, name), "warning", "there is no such field, and it has no effect");
  return readCidr(cidr, `${at}.cidr`, tell);
}

function readCidr(cidr: unknown, at: string, tell: Tell): Entry {
  const parsed = typeof cidr === "string" ? parsePrefix(cidr) : null;
  if (parsed === null) return { t: "refused", field: at, says: `${quote(cidr)} is not a CIDR${hint(cidr)}` };
  if (parsed.hadHostBits) tell(at, "warning", `${quote(cidr)} has host bits set; ${parsed.prefix} is used`);
  return { t: "prefix", prefix: parsed.prefix };
}

/** A bare address is the likeliest slip. */
function hint(cidr: unknown): string {
  const address = typeof cidr === "string" ? parseAddress(cidr) : null;
  return address === null ? "" : ` (one address is written ${hostPrefix(address)})`;
}
