// The rules of the export policy, as gobgpd is given them and gives them back.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { parseAsn } from "../../model/asn.ts";
import type { Asn } from "../../model/asn.ts";
import { parseCommunity, parseLargeCommunity, uniqueCommunities } from "../../model/community.ts";
import type { PolicyNumbers } from "./dialect.ts";
import { anyMark, expressionOf, leavingNumber } from "./marks.ts";
import type { Actions, ActionsSchema, Policy, PolicySchema } from "./proto/gobgp.pb.ts";
import { rejected } from "./treatment.ts";
import type { Treatment } from "./treatment.ts";

/** A rule, its set of neighbours and its set of communities are called alike, with the number behind. */
const prefix = "bellman-mark-";

/** Name of the last rule, which takes the marks off. */
export const unmark = "bellman-unmark";

/** Name of the first rule, where routes are taken from neighbours: it lets none of them go on to another. */
export const guard = "bellman-guard";

/** Values of the enumerations RouteAction and RouteType: the same in every version. */
export const action = { accept: 1, reject: 2 } as const;
const routeType = { internal: 1, external: 2 } as const;

export function ruleName(number: number): string {
  return `${prefix}${number}`;
}

/** null: it is not the name of a rule. */
export function numberIn(name: string): number | null {
  const digits = name.startsWith(prefix) ? name.slice(prefix.length) : "";
  return /^[0-9]{1,10}$/.test(digits) ? Number(digits) : null;
}

/**
 * Treats for the neighbours of its set what carries a mark of its set. An empty set of neighbours means all of them. A
 * route that is changed goes on to the next rule, with its marks.
 */
export function ruleFor(
  name: string,
  treatment: Treatment,
  numbers: PolicyNumbers,
): MessageInitShape<typeof PolicySchema> {
  const set = { type: numbers.any, name };
  const conditions = { neighborSet: set, largeCommunitySet: set };
  const statements = actionsOf(treatment, numbers).map((actions, index) => ({
    // Names of statements are unique among those of all rules.
    name: index === 0 ? name : `${name}-${index + 1}`,
    conditions,
    actions,
  }));
  return { name, statements };
}

/** What a rule does, if it is one of ours; null: somebody has made it, or changed it. */
export function treatmentIn({ name, statements }: Policy, numbers: PolicyNumbers): Treatment | null {
  const ours = statements.every(({ conditions }) =>
    [conditions?.neighborSet, conditions?.largeCommunitySet].every(
      (set) => set?.name === name && set.type === numbers.any,
    ),
  );
  if (!ours) return null;
  const all = statements.map(({ actions }) => actions);
  const treatment = readActions(all);
  if (treatment === null) return null;
  const wanted = actionsOf(treatment, numbers);
  const same = all.length === wanted.length && all.every((each, index) => sameActions(each, wanted[index]));
  return same ? treatment : null;
}

export function unmarking({ remove }: PolicyNumbers): MessageInitShape<typeof PolicySchema> {
  const actions = { largeCommunity: { type: remove, communities: [anyMark] } };
  return { name: unmark, statements: [{ name: unmark, actions }] };
}

export function unmarks(
  { name, statements: [statement, ...others] }: Policy,
  { remove }: PolicyNumbers,
): boolean {
  const { type, communities } = statement?.actions?.largeCommunity ?? {};
  return (
    name === unmark &&
    others.length === 0 &&
    statement?.conditions?.neighborSet === undefined &&
    statement?.conditions?.largeCommunitySet === undefined &&
    type === remove &&
    communities?.length === 1 &&
    communities[0] === anyMark
  );
}

/** Keeps from everybody what neighbours have sent, and what is about to be withdrawn. */
export function guarding({ any }: PolicyNumbers): MessageInitShape<typeof PolicySchema> {
  const actions = { routeAction: action.reject };
  return {
    name: guard,
    statements: [
      { name: `${guard}-internal`, conditions: { routeType: routeType.internal }, actions },
      { name: `${guard}-external`, conditions: { routeType: routeType.external }, actions },
      { name: `${guard}-leaving`, conditions: { largeCommunitySet: { type: any, name: guard } }, actions },
    ],
  };
}

/** @param communities of the set of its name */
export function guards(
  { name, statements }: Policy,
  communities: readonly string[] | undefined,
  { any }: PolicyNumbers,
): boolean {
  const [internal, external, leaving, ...others] = statements;
  const bare = [internal, external, leaving].every(
    (statement) =>
      statement?.actions?.routeAction === action.reject &&
      statement.conditions?.neighborSet === undefined &&
      statement.conditions?.prefixSet === undefined &&
      statement.conditions?.communitySet === undefined &&
      statement.conditions?.asPathSet === undefined,
  );
  const set = leaving?.conditions?.largeCommunitySet;
  return (
    name === guard &&
    others.length === 0 &&
    bare &&
    internal?.conditions?.routeType === routeType.internal &&
    internal.conditions.largeCommunitySet === undefined &&
    external?.conditions?.routeType === routeType.external &&
    external.conditions.largeCommunitySet === undefined &&
    set?.name === guard &&
    set.type === any &&
    communities?.length === 1 &&
    communities[0] === expressionOf(leavingNumber)
  );
}

type ActionsInit = MessageInitShape<typeof ActionsSchema>;

/** One set of actions a statement: each can put one AS number in front, as often as it is asked to. */
function actionsOf(treatment: Treatment, { add, replace }: PolicyNumbers): readonly ActionsInit[] {
  if (treatment.t === "reject") return [{ routeAction: action.reject }];
  const { addCommunities, addLargeCommunities, med, localPref, prepend } = treatment;
  const [first, ...more] = runs([...prepend].reverse()).map((asPrepend) => ({ asPrepend }));
  const changes: ActionsInit = {
    ...(addCommunities.length > 0 && { community: { type: add, communities: [...addCommunities] } }),
    ...(addLargeCommunities.length > 0 && {
      largeCommunity: { type: add, communities: [...addLargeCommunities] },
    }),
    ...(med !== null && { med: { type: replace, value: BigInt(med) } }),
    ...(localPref !== null && { localPref: { value: localPref } }),
    ...first,
  };
  return [changes, ...more];
}

/** Equal numbers next to each other, counted. */
function runs(asns: readonly Asn[]): readonly { readonly asn: Asn; readonly repeat: number }[] {
  const found: { asn: Asn; repeat: number }[] = [];
  for (const asn of asns) {
    const last = found.at(-1);
    if (last?.asn === asn) last.repeat++;
    else found.push({ asn, repeat: 1 });
  }
  return found;
}

function readActions(all: readonly (Actions | undefined)[]): Treatment | null {
  const [first] = all;
  if (first?.routeAction === action.reject) return rejected;
  const communities = first?.community?.communities.map(parseCommunity) ?? [];
  const large = first?.largeCommunity?.communities.map(parseLargeCommunity) ?? [];
  const prepend = all.flatMap((actions) => {
    const asn = parseAsn(actions?.asPrepend?.asn);
    return asn === null ? [] : Array.from({ length: actions?.asPrepend?.repeat ?? 0 }, () => asn);
  });
  return {
    t: "change",
    addCommunities: uniqueCommunities(communities.filter((community) => community !== null)),
    addLargeCommunities: uniqueCommunities(large.filter((community) => community !== null)),
    med: first?.med === undefined ? null : Number(first.med.value),
    localPref: first?.localPref?.value ?? null,
    prepend: prepend.reverse(),
  };
}

function sameActions(a: Actions | undefined, b: ActionsInit | undefined): boolean {
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

function plain(actions: Actions | ActionsInit | undefined): readonly unknown[] {
  const { routeAction = 0, community, largeCommunity, med, localPref, asPrepend } = actions ?? {};
  const list = (each: typeof community) => [each?.type ?? null, [...(each?.communities ?? [])].sort()];
  return [
    routeAction,
    list(community),
    list(largeCommunity),
    med === undefined ? null : [med.type, String(med.value)],
    localPref?.value ?? null,
    asPrepend === undefined ? null : [asPrepend.asn, asPrepend.repeat],
  ];
}
