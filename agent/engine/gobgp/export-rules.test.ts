import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { communities } from "../../../test/integration/engine/conformance/seen.ts";
import { asn } from "../../../test/integration/engine/conformance/trial.ts";
import { v3, v4 } from "./dialect.ts";
import { numberIn, ruleFor, ruleName, treatmentIn, unmarking, unmarks } from "./export-rules.ts";
import { PolicySchema } from "./proto/gobgp.pb.ts";
import { rejected } from "./treatment.ts";
import type { Treatment } from "./treatment.ts";

const { communities: addCommunities, largeCommunities: addLargeCommunities } = communities(
  "64512:1",
  "65535:0",
  "64512:4242:7",
);
const nothing = {
  t: "change",
  addCommunities: [],
  addLargeCommunities: [],
  med: null,
  localPref: null,
  prepend: [],
} as const;
const treatments: readonly Treatment[] = [
  rejected,
  { ...nothing, addCommunities },
  { ...nothing, addLargeCommunities },
  { ...nothing, med: 4_294_967_294 },
  { ...nothing, localPref: 2_147_483_642 },
  { ...nothing, prepend: [asn(65001), asn(65001), asn(4_200_000_000), asn(65001)] },
  { t: "change", addCommunities, addLargeCommunities, med: 0, localPref: 1, prepend: [asn(65001)] },
];

describe.each([v3, v4])("a rule for a gobgpd with API $version", ({ policy: numbers }) => {
  const rule = (treatment: Treatment) => create(PolicySchema, ruleFor("bellman-mark-7", treatment, numbers));

  it.each(treatments)("is known again: %j", (treatment) => {
    expect(treatmentIn(rule(treatment), numbers)).toEqual(treatment);
  });

  it("is not taken for ours when somebody has changed it", () => {
    for (const treatment of treatments) {
      const made = rule(treatment);
      for (const statement of made.statements) {
        const { actions, conditions } = statement;
        if (actions === undefined || conditions?.neighborSet === undefined) throw new Error("all have them");
        actions.routeAction = 1;
        expect(treatmentIn(made, numbers)).toBeNull();
        actions.routeAction = treatment.t === "reject" ? 2 : 0;
        conditions.neighborSet.name = "bellman-mark-8";
        expect(treatmentIn(made, numbers)).toBeNull();
        conditions.neighborSet.name = "bellman-mark-7";
        expect(treatmentIn(made, numbers)).toEqual(treatment);
      }
      expect(treatmentIn({ ...made, statements: [] }, numbers)).toBeNull();
    }
  });

  it("that takes marks off is known again", () => {
    expect(unmarks(create(PolicySchema, unmarking(numbers)), numbers)).toBe(true);
    expect(unmarks(rule(rejected), numbers)).toBe(false);
  });

  it("has a name with its number", () => {
    expect(numberIn(ruleName(12))).toBe(12);
    expect(["bellman-mark-", "bellman-mark-1x", "bellman-unmark", "12"].map(numberIn)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
