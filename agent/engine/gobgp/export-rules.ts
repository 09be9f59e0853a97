// The rules of the export policy, as gobgpd is given them and gives them back.
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { PolicyNumbers } from "./dialect.ts";
import { anyMark } from "./marks.ts";
import type { Policy, PolicySchema } from "./proto/gobgp.pb.ts";

/** A rule, its set of neighbours and its set of communities are called alike, with the number behind. */
const prefix = "bellman-mark-";

/** Name of the last rule, which takes the marks off. */
export const unmark = "bellman-unmark";

/** Values of the enumeration RouteAction: the same in every version. */
export const action = { accept: 1, reject: 2 } as const;

export function ruleName(number: number): string {
  return `${prefix}${number}`;
}

/** null: it is not the name of a rule. */
export function numberIn(name: string): number | null {
  const digits = name.startsWith(prefix) ? name.slice(prefix.length) : "";
  return /^[0-9]{1,10}$/.test(digits) ? Number(digits) : null;
}

/** Rejects for the neighbours of its set what carries a mark of its set. An empty set of neighbours means all of them. */
export function rejecting(name: string, { any }: PolicyNumbers): MessageInitShape<typeof PolicySchema> {
  const set = { type: any, name };
  const conditions = { neighborSet: set, largeCommunitySet: set };
  return { name, statements: [{ name, conditions, actions: { routeAction: action.reject } }] };
}

export function rejects(
  { name, statements: [statement, ...others] }: Policy,
  { any }: PolicyNumbers,
): boolean {
  const { neighborSet, largeCommunitySet } = statement?.conditions ?? {};
  return (
    others.length === 0 &&
    statement?.actions?.routeAction === action.reject &&
    [neighborSet, largeCommunitySet].every((set) => set?.name === name && set.type === any)
  );
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
