// The policy that takes routes from neighbours, as gobgpd is given it and gives it back.
//
// What is taken is marked as stale (LLGR_STALE, RFC 9494): such a route stands back behind every other one to the same
// prefix, whatever its attributes, and gobgpd sends it to nobody who has not asked for stale routes, as no session of
// ours is asked to. A LOCAL_PREF of 0 would not do: gobgpd takes that for none at all.
import { create } from "@bufbuild/protobuf";
import { hostPrefix } from "../../model/prefix.ts";
import type { PolicyNumbers } from "./dialect.ts";
import { action } from "./export-rules.ts";
import type { TakeRule } from "./import-rules.ts";
import { PolicySchema } from "./proto/gobgp.pb.ts";
import type { DefinedSet, MatchSet, Policy, Statement } from "./proto/gobgp.pb.ts";

/** Name of the policy; its statements and their sets have the number behind. */
export const takes = "bellman-takes";

const stale = "65535:6";
const lowestLocalPref = 1;

export const isOurs = (name: string) => name.startsWith(`${takes}-`);

const kinds = ["neighbours", "prefixes", "communities", "largeCommunities", "asPaths"] as const;
type Kind = (typeof kinds)[number];

export function setTypes(numbers: PolicyNumbers): readonly number[] {
  return kinds.map((kind) => numbers[kind]);
}

interface SetInit {
  readonly definedType: number;
  readonly name: string;
  readonly list: string[];
  readonly prefixes: { ipPrefix: string; maskLengthMin: number; maskLengthMax: number }[];
}

export function setsFor(rules: readonly TakeRule[], numbers: PolicyNumbers): readonly SetInit[] {
  return rules.flatMap((rule, index) => {
    const { prefix, min, max } = rule.within;
    const name = nameOf(index);
    const list = (kind: Kind, text: string | null): readonly SetInit[] =>
      text === null ? [] : [{ definedType: numbers[kind], name, list: [text], prefixes: [] }];
    return [
      ...list("neighbours", hostPrefix(rule.neighbour)),
      {
        definedType: numbers.prefixes,
        name,
        list: [],
        prefixes: [{ ipPrefix: prefix, maskLengthMin: min, maskLengthMax: max }],
      },
      ...list("communities", rule.community),
      ...list("largeCommunities", rule.largeCommunity),
      ...list("asPaths", rule.asPath),
    ];
  });
}

export function policyFor(rules: readonly TakeRule[], { any, invert, add }: PolicyNumbers) {
  const statements = rules.map((rule, index) => {
    const name = nameOf(index);
    const set = { type: any, name };
    return {
      name,
      conditions: {
        neighborSet: set,
        prefixSet: { type: rule.others ? invert : any, name },
        ...(rule.community !== null && { communitySet: set }),
        ...(rule.largeCommunity !== null && { largeCommunitySet: set }),
        ...(rule.asPath !== null && { asPathSet: set }),
      },
      actions: rule.accept
        ? {
            routeAction: action.accept,
            community: { type: add, communities: [stale] },
            localPref: { value: lowestLocalPref },
          }
        : { routeAction: action.reject },
    };
  });
  return { name: takes, statements };
}

/** Is the policy, with its sets, the one for these rules? */
export function takesAsAsked(
  policy: Policy | undefined,
  sets: readonly DefinedSet[],
  rules: readonly TakeRule[],
  numbers: PolicyNumbers,
): boolean {
  const mine = sets.filter(({ name }) => isOurs(name));
  const wanted = create(PolicySchema, policyFor(rules, numbers));
  return (
    policy?.name === takes &&
    sameTexts(policy.statements.map(statementText), wanted.statements.map(statementText)) &&
    sameTexts(mine.map(setText).sort(), setsFor(rules, numbers).map(setText).sort())
  );
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

function statementText({ name, conditions, actions }: Statement): string {
  const set = (each: MatchSet | undefined) => each && [each.type, each.name];
  return JSON.stringify([
    name,
    set(conditions?.neighborSet),
    set(conditions?.prefixSet),
    set(conditions?.communitySet),
    set(conditions?.largeCommunitySet),
    set(conditions?.asPathSet),
    conditions?.routeType,
    actions?.routeAction,
    actions?.community && [actions.community.type, actions.community.communities],
    actions?.localPref?.value,
    [actions?.med, actions?.largeCommunity, actions?.asPrepend].some((each) => each !== undefined),
  ]);
}

/** gobgpd gives expressions back for communities, and the long form of those for paths. */
function setText({ definedType, name, list, prefixes }: DefinedSet | SetInit): string {
  return JSON.stringify([
    definedType,
    name,
    list.map((text) => text.replace(/^\^([0-9:]+)\$$/, "$1").replaceAll("(^|[,{}() ]|$)", "_")),
    prefixes.map(({ ipPrefix, maskLengthMin, maskLengthMax }) => [ipPrefix, maskLengthMin, maskLengthMax]),
  ]);
}

function nameOf(index: number): string {
  return `${takes}-${index + 1}`;
}
