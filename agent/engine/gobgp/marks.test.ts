import { describe, expect, it } from "vitest";
import { communities } from "../../../test/integration/engine/conformance/seen.ts";
import { address, asn, route } from "../../../test/integration/engine/conformance/trial.ts";
import type { Variant } from "../../model/route.ts";
import type { Mark } from "./marks.ts";
import { marked, Marks, marksFor, marksOf, unmarked } from "./marks.ts";
import { rejected } from "./treatment.ts";

const [a, b] = [address("192.0.2.1"), address("2001:db8::1")];
const localAsn = asn(64512);
const own = communities("64512:1", "64512:4242:7");
const attributes = { ...own, med: 5, localPref: 200 };
const base = { ...attributes, prepend: 1 };
const path = [localAsn];

/** A number for every mark that the route needs. */
function numbered(wanted: readonly Mark[] | null): Marks {
  return new Marks((wanted ?? []).map((mark, index) => [index + 7, mark]));
}

describe("marks", () => {
  const changes: readonly Omit<Variant, "to">[] = [
    { ...attributes, path, ...communities("64512:1", "64512:2", "64512:4242:7", "64512:4242:8") },
    { ...attributes, path, med: 6 },
    { ...attributes, path, localPref: 6 },
    { ...attributes, path: [asn(65001), asn(65001), asn(65002), localAsn, ...path] },
  ];

  it.each<readonly [string, Parameters<typeof route>[1]]>([
    ["nobody", {}],
    ["one that must not get it", { notTo: [a] }],
    ["two that must not get it", { notTo: [a, b] }],
    ...changes.map(
      (change) => ["one that gets it otherwise", { variants: [{ to: [b], ...change }] }] as const,
    ),
    ["two that get it otherwise", { variants: [{ to: [a, b], ...attributes, path: [asn(1), ...path] }] }],
    ["one of each", { notTo: [a], variants: changes.slice(0, 1).map((change) => ({ to: [b], ...change })) }],
    [
      "two that get two things",
      { variants: changes.slice(1, 3).map((change, index) => ({ to: [index === 0 ? a : b], ...change })) },
    ],
  ])("stand in the table for %s, and are read back", (_, over) => {
    const wanted = route("10.49.0.1/32", { ...base, ...over });
    const needed = marksFor(wanted, localAsn);
    const marks = numbered(needed);
    const numbers = (needed ?? []).map((mark) => marks.numberOf(mark)).filter((each) => each !== undefined);
    const inTable = marked(wanted, numbers);
    expect(inTable).toMatchObject({ notTo: [], variants: [], communities: own.communities });
    expect(inTable.largeCommunities).toHaveLength(
      1 + wanted.notTo.length + wanted.variants.flatMap(({ to }) => to).length,
    );
    expect(unmarked(inTable, marks, localAsn)).toEqual(wanted);
  });

  it("are the same for what is the same", () => {
    const [change] = changes;
    const asked = (over: object) => marksFor(route("10.49.0.1/32", { ...base, ...over }), localAsn);
    const marks = numbered(asked({ variants: [{ to: [a], ...change }], notTo: [b] }));
    const [, again] = asked({ variants: [{ to: [a, b], ...change }], notTo: [] }) ?? [];
    expect(marks.numberOf({ neighbour: a, treatment: rejected })).toBeUndefined();
    expect(marks.numberOf({ neighbour: b, treatment: rejected })).toBe(7);
    expect(again && marks.numberOf({ ...again, neighbour: a })).toBe(8);
    expect(again && marks.numberOf(again)).toBeUndefined();
  });

  it.each<readonly [string, Partial<Variant>]>([
    ["fewer communities", { communities: [] }],
    ["fewer large communities", { largeCommunities: [] }],
    ["no MED", { med: null }],
    ["no LOCAL_PREF", { localPref: null }],
    ["a shorter path", { path: [] }],
    ["another path", { path: [asn(65001)] }],
    ["a community like a mark", communities("64512:1", "64512:4242:7", "4294967295:4242:9")],
  ])("cannot say %s", (_, over) => {
    const variants = [{ to: [a], ...attributes, path, ...over }];
    expect(marksFor(route("10.49.0.1/32", { ...base, variants }), localAsn)).toBeNull();
  });

  it("are nobody's own communities", () => {
    expect(marksFor(route("10.49.0.1/32", communities("4294967295:4242:7")), localAsn)).toBeNull();
    expect(marksFor(route("10.49.0.1/32", communities("4294967295:4243:7")), localAsn)).toEqual([]);
  });

  it("that belong to nobody stay, so that the route is none of ours", () => {
    const marks = new Marks([[7, { neighbour: a, treatment: rejected }]]);
    const stray = route("10.49.0.1/32", communities("4294967295:4242:7", "4294967295:4242:9"));
    expect(marksOf(stray)).toEqual([7, 9]);
    expect(unmarked(stray, marks, localAsn)).toEqual(
      route("10.49.0.1/32", { ...communities("4294967295:4242:9"), notTo: [a] }),
    );
  });
});
