// One rule of a BGPFilter, field by field. A rule is taken as written or not at all: without one of its conditions it
// would match other routes than it was written for.
import type { Asn } from "../model/asn.ts";
import type { AnyCommunity } from "../model/community.ts";
import { addressBits } from "../model/family.ts";
import type { Family } from "../model/family.ts";
import type { FilterOperation, FilterRule, MatchOperator, PeerType, PrefixMatch } from "../model/filter.ts";
import { prefixFamily, prefixLength } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { quote } from "../model/problem.ts";
import { communityForms, parseAnyCommunity } from "./communities.ts";
import { readCidr } from "./entries.ts";
import type { Entry, Refusal, Tell } from "./entries.ts";
import { readOperations } from "./filter-operations.ts";
import { isInteger, readAsns, readPriority } from "./filter-values.ts";
import { isEmpty, isRecord, readFields } from "./spec.ts";
import type { Handler } from "./spec.ts";
import { didYouMean } from "../model/suggest.ts";

/** Every field of a rule that Calico knows (3.32), as it is written. */
export interface FilterRuleSpec {
  readonly action: "Accept" | "Reject";
  readonly asPathPrefix: readonly (number | string)[];
  readonly cidr: string;
  readonly communities: { readonly values: readonly string[] };
  readonly interface: string;
  readonly matchOperator: MatchOperator;
  readonly operations: readonly object[];
  readonly peerType: PeerType;
  readonly prefixLength: { readonly min?: number; readonly max?: number };
  readonly priority: number;
  readonly source: "RemotePeers";
}

const maxAsPathPrefix = 64;

export function readFilterRule(entry: unknown, at: string, family: Family, tell: Tell): Entry<FilterRule> {
  if (!isRecord(entry))
    return {
      t: "refused",
      refusals: [{ field: at, says: `${quote(entry)} is not of the form {action: …}` }],
    };
  const reading = new RuleReading(family, tell);
  readFields<RuleReading>(entry, at, filterRuleFields, reading, (field, _, says) =>
    // It may be a condition that this version does not know.
    reading.refuse(field, says),
  );
  return reading.rule(at);
}

class RuleReading {
  action: "Accept" | "Reject" | null = null;
  asPathPrefix: readonly Asn[] = [];
  cidr: Prefix | null = null;
  community: AnyCommunity | null = null;
  interface: string | null = null;
  operator: MatchOperator | null = null;
  operations: readonly FilterOperation[] = [];
  peerType: PeerType | null = null;
  lengths: { readonly min: number | null; readonly max: number | null } | null = null;
  priority: number | null = null;
  remoteOnly = false;
  readonly family: Family;
  readonly tell: Tell;
  readonly #refusals: Refusal[] = [];

  constructor(family: Family, tell: Tell) {
    this.family = family;
    this.tell = tell;
  }

  readonly refuse = (field: string, says: string): void => {
    this.#refusals.push({ field, says });
  };

  rule(at: string): Entry<FilterRule> {
    const { action, operations, interface: name, peerType, community, asPathPrefix, priority } = this;
    const prefix = this.#refusals.length === 0 ? this.#prefixMatch(at) : null;
    if (action === null && !this.#refusals.some(({ field }) => field === `${at}.action`))
      this.refuse(`${at}.action`, "the action is missing: Accept or Reject");
    if (action === "Reject" && operations.length > 0)
      this.refuse(`${at}.operations`, "operations go with the action Accept only");
    if (action === null || this.#refusals.length > 0) return { t: "refused", refusals: this.#refusals };
    return {
      t: "taken",
      value: {
        prefix,
        remoteOnly: this.remoteOnly,
        interface: name,
        peerType,
        community,
        asPathPrefix,
        priority,
        action: action === "Reject" ? { t: "reject" } : { t: "accept", operations },
      },
    };
  }

  #prefixMatch(at: string): PrefixMatch | null {
    const { cidr, operator, lengths, family } = this;
    if (cidr === null) {
      if (operator !== null) this.refuse(`${at}.matchOperator`, "a matchOperator needs a cidr");
      if (lengths !== null) this.refuse(`${at}.prefixLength`, "a prefixLength needs a cidr");
      return null;
    }
    if (operator === null) {
      this.refuse(`${at}.matchOperator`, `a cidr needs a matchOperator: ${operators.join(", ")}`);
      return null;
    }
    const bits = addressBits[family];
    const minLength = Math.max(prefixLength(cidr), lengths?.min ?? 0);
    const maxLength = Math.min(bits, lengths?.max ?? bits);
    if (minLength > maxLength)
      this.refuse(
        `${at}.prefixLength`,
        `no prefix within ${cidr} has a length from ${lengths?.min ?? 0} to ${maxLength}`,
      );
    return { operator, prefix: cidr, minLength, maxLength };
  }
}

const operators = ["Equal", "NotEqual", "In", "NotIn"] as const satisfies readonly MatchOperator[];

/** One handler for each field, so that none is dropped without a word. */
export const filterRuleFields = {
  action: oneOf(["Accept", "Reject"], (reading, action) => (reading.action = action)),
  matchOperator: oneOf(operators, (reading, operator) => (reading.operator = operator)),
  peerType: oneOf(["eBGP", "iBGP"], (reading, peerType) => (reading.peerType = peerType)),
  source: oneOf(["RemotePeers"], (reading) => (reading.remoteOnly = true)),
  cidr(value, field, reading) {
    if (isEmpty(value)) return;
    const read = readCidr(value, field, reading.tell);
    if (read.t === "refused") for (const { field: at, says } of read.refusals) reading.refuse(at, says);
    if (read.t !== "taken") return;
    if (prefixFamily(read.value) === reading.family) reading.cidr = read.value;
    else reading.refuse(field, `${quote(value)} is of the other address family`);
  },
  prefixLength(value, field, reading) {
    if (!isRecord(value)) {
      reading.refuse(field, `${quote(value)} is not of the form {min: …, max: …}`);
      return;
    }
    const bits = addressBits[reading.family];
    const lengths = { min: null as number | null, max: null as number | null };
    const bound =
      (name: "min" | "max"): Handler<RuleReading> =>
      (length, at) => {
        if (isInteger(length, 0, bits)) lengths[name] = length;
        else reading.refuse(at, `${quote(length)} is not a prefix length from 0 to ${bits}`);
      };
    readFields(value, field, { min: bound("min"), max: bound("max") }, reading, (at, _, says) =>
      reading.refuse(at, says),
    );
    reading.lengths = lengths;
  },
  interface(value, field, reading) {
    if (isEmpty(value)) return;
    if (typeof value === "string" && /^[a-zA-Z0-9_.*-]{1,15}$/.test(value)) reading.interface = value;
    else reading.refuse(field, `${quote(value)} is not the name of an interface, with * for any text`);
  },
  communities(value, field, reading) {
    const form = "is not of the form {values: [aa:nn]} with one community";
    if (!isRecord(value) || Object.keys(value).some((name) => name !== "values")) {
      reading.refuse(field, `${quote(value)} ${form}`);
      return;
    }
    const values: unknown = value["values"];
    const [first, ...more] = Array.isArray(values) ? (values as readonly unknown[]) : [];
    if (first === undefined || more.length > 0) {
      reading.refuse(`${field}.values`, `${quote(value)} ${form}`);
      return;
    }
    reading.community = parseAnyCommunity(first);
    if (reading.community === null)
      reading.refuse(`${field}.values[0]`, `${quote(first)} is not a community (${communityForms})`);
  },
  asPathPrefix(value, field, reading) {
    if (!isEmpty(value)) reading.asPathPrefix = readAsns(value, field, maxAsPathPrefix, reading.refuse);
  },
  priority(value, field, reading) {
    reading.priority = readPriority(value, field, reading.refuse);
  },
  operations(value, field, reading) {
    if (!isEmpty(value)) reading.operations = readOperations(value, field, reading.refuse);
  },
} satisfies Record<keyof FilterRuleSpec, Handler<RuleReading>>;

function oneOf<T extends string>(
  names: readonly T[],
  take: (reading: RuleReading, name: T) => void,
): Handler<RuleReading> {
  return (value, field, reading) => {
    if (value === "") return;
    const found = names.find((name) => name === value);
    if (found !== undefined) take(reading, found);
    else {
      const hint = typeof value === "string" ? didYouMean(value, names) : "";
      reading.refuse(
        field,
        `${quote(value)} is not ${names.join(", ").replace(/, (?=[^,]*$)/, " or ")}${hint}`,
      );
    }
  };
}
