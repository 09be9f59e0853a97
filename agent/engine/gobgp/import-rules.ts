// Rules on what neighbours send, in terms of gobgpd's policies: a statement for each, with sets of its own.
import type { Address } from "../../model/address.ts";
import { addressBits } from "../../model/family.ts";
import type { FilterRule, ImportRule, PrefixMatch } from "../../model/filter.ts";
import type { Peer } from "../../model/peer.ts";
import { prefixLength } from "../../model/prefix.ts";
import type { Problem } from "../../model/problem.ts";

/** One statement. */
export interface TakeRule {
  readonly neighbour: Address;
  readonly accept: boolean;
  /** Which prefixes it is about: those within, of these lengths, or all others of the family. */
  readonly within: { readonly prefix: string; readonly min: number; readonly max: number };
  readonly others: boolean;
  /** null: not asked. */
  readonly community: string | null;
  readonly largeCommunity: string | null;
  /** An expression; null: not asked. */
  readonly asPath: string | null;
}

/** A condition that gobgpd's policies do not know; null: there is none. */
function beyond({ interface: name, priority }: FilterRule): string | null {
  if (name !== null) return "the interface of the next hop";
  return priority === null ? null : "a priority";
}

/** null: there is something that gobgpd cannot be asked for, so that nothing may be taken. */
export function takeRules(neighbour: Address, rules: readonly ImportRule[]): readonly TakeRule[] | null {
  if (rules.some(({ rule }) => beyond(rule) !== null)) return null;
  return rules.flatMap(({ family, rule }) => {
    const all = { prefix: family === "ipv4" ? "0.0.0.0/0" : "::/0", min: 0, max: addressBits[family] };
    const about = rule.prefix === null ? { within: all, others: false } : prefixesOf(rule.prefix, all);
    if (about === null) return [];
    const { community } = rule;
    return {
      neighbour,
      accept: rule.action.t === "accept",
      ...about,
      community: community?.t === "standard" ? community.community : null,
      largeCommunity: community?.t === "large" ? community.community : null,
      asPath:
        rule.asPathPrefix.length === 0 ? null : `^${rule.asPathPrefix.map((asn) => `${asn}_`).join("")}`,
    };
  });
}

/** null: no prefix at all. */
function prefixesOf(
  { operator, prefix, minLength, maxLength }: PrefixMatch,
  all: TakeRule["within"],
): Pick<TakeRule, "within" | "others"> | null {
  if (operator === "In" || operator === "NotIn")
    return { within: { prefix, min: minLength, max: maxLength }, others: operator === "NotIn" };
  const length = prefixLength(prefix);
  if (length >= minLength && length <= maxLength)
    return { within: { prefix, min: length, max: length }, others: operator === "NotEqual" };
  return operator === "Equal" ? null : { within: all, others: false };
}

/** Of each filter with a condition that gobgpd does not know: nothing is taken from the peer then. */
export function importProblems({ name }: Peer, rules: readonly ImportRule[]): readonly Problem[] {
  const told = new Map<string, Problem>();
  for (const { rule, field, filter } of rules) {
    const what = beyond(rule);
    if (what === null) continue;
    const message = `BGPFilter/${filter} asks on import for ${what}, which gobgpd's policies do not know; nothing is taken from this peer`;
    told.set(field, { object: `BGPPeer/${name}`, field, severity: "warning", message });
  }
  return [...told.values()];
}
