// What the plans of all nodes say, beside what a scenario expects.
import { isDeepStrictEqual } from "node:util";
import { nodeNames } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { comparePrefixes } from "../../agent/model/prefix.ts";
import type { Prefix } from "../../agent/model/prefix.ts";
import type { Plan } from "../../agent/plan/plan.ts";
import type { Expectation, OnNodes, RouteOnNode } from "./expectation.ts";

type Plans = ReadonlyMap<NodeName, Plan>;

/** One sentence for each difference. */
export function differences(expected: Expectation, plans: Plans): readonly string[] {
  const routes = routesOf(plans);
  const prefixes = new Set([...expected.routes.keys(), ...routes.keys()]);
  return [
    ...[...prefixes].flatMap((prefix) =>
      differencesOn(prefix, expected.routes.get(prefix), routes.get(prefix)),
    ),
    ...[...expected.refused].flatMap(([subject, reasons]) =>
      differencesOn(subject, reasons, only(reasons, refusalsOf(subject, plans))),
    ),
    ...problemDifferences(expected.problems, problemsOf(plans)),
    ...guardDifferences(expected.guard, plans),
  ];
}

/** Prefix → who announces it, and how; in the order in which routes are listed. */
export function routesOf(plans: Plans): ReadonlyMap<string, OnNodes<RouteOnNode>> {
  const found = new Map<Prefix, Map<NodeName, RouteOnNode>>();
  for (const [node, { routes }] of plans)
    for (const { prefix, reason, communities, largeCommunities, med, localPref, prepend } of routes) {
      const nodes = found.get(prefix) ?? new Map<NodeName, RouteOnNode>();
      found.set(prefix, nodes);
      nodes.set(node, { reason, communities, largeCommunities, med, localPref, prepend });
    }
  return new Map([...found].sort(([a], [b]) => comparePrefixes(a, b)));
}

/** What the nodes say of a subject: a reason; with a `+` before it where the address is announced after all. */
export function refusalsOf(subject: string, plans: Plans): OnNodes<string> {
  return new Map([...plans].map(([node, plan]) => [node, verdictOn(subject, plan)]));
}

/** `severity object field` of each problem that any node tells, sorted. */
export function problemsOf(plans: Plans): readonly string[] {
  const found = [...plans.values()].flatMap(({ problems }) =>
    problems.map(({ severity, object, field }) => `${severity} ${object} ${field}`.trimEnd()),
  );
  return [...new Set(found)].sort();
}

function verdictOn(subject: string, { verdicts }: Plan): string {
  const reasons = verdicts
    .filter(({ service, address }) =>
      [service, address, `${service} ${address ?? ""}`].some((each) => each === subject),
    )
    .map(({ announce, reason }) => (announce ? `+${reason}` : reason));
  return [...new Set(reasons)].join(", ") || "no verdict";
}

function differencesOn(
  subject: string,
  expected: OnNodes<unknown> = new Map(),
  seen: OnNodes<unknown> = new Map(),
): readonly string[] {
  return nodeNames.flatMap((node) => {
    const [want, have] = [expected.get(node), seen.get(node)];
    if (isDeepStrictEqual(want, have)) return [];
    return [`${subject} on ${node}: expected ${show(want)}, found ${show(have)}`];
  });
}

function only<T>(nodes: OnNodes<unknown>, seen: OnNodes<T>): OnNodes<T> {
  return new Map([...seen].filter(([node]) => nodes.has(node)));
}

function problemDifferences(expected: readonly string[], seen: readonly string[]): readonly string[] {
  return [
    ...expected.filter((problem) => !seen.includes(problem)).map((problem) => `no problem "${problem}"`),
    ...seen
      .filter((problem) => !expected.includes(problem))
      .map((problem) => `unexpected problem "${problem}"`),
  ];
}

function guardDifferences(expected: Expectation["guard"], plans: Plans): readonly string[] {
  if (expected === null) return [];
  const nodes = [...plans].filter(([, { guard }]) => !isDeepStrictEqual([...guard], [...expected]));
  return nodes.map(
    ([node, { guard }]) => `guard on ${node}: expected ${show(expected)}, found ${show(guard)}`,
  );
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}
