import { describe, expect, it } from "vitest";
import { address, asn, prefix } from "../../../test/integration/engine/conformance/trial.ts";
import { defaultAsn } from "../../model/asn.ts";
import { parseCommunity, parseLargeCommunity } from "../../model/community.ts";
import { anyRoute } from "../../model/filter.fixture.ts";
import type { FilterRule, ImportRule, PrefixMatch } from "../../model/filter.ts";
import { plainSession } from "../../model/peer.ts";
import { importProblems, takeRules } from "./import-rules.ts";
import { v3 } from "./dialect.ts";
import { policyFor, setsFor } from "./take-policy.ts";

const tor = address("192.0.2.1");
const asked = (over: Partial<FilterRule> = {}, family: ImportRule["family"] = "ipv4"): ImportRule => ({
  family,
  rule: { ...anyRoute("accept"), ...over },
  field: "spec.filters[0]",
  filter: "f",
});
const match = (operator: PrefixMatch["operator"], minLength = 16, maxLength = 32) =>
  asked({ prefix: { operator, prefix: prefix("10.1.0.0/16"), minLength, maxLength } });
const all = { within: { prefix: "0.0.0.0/0", min: 0, max: 32 }, others: false };
const cidr = (min: number, max: number, others = false) => ({
  within: { prefix: "10.1.0.0/16", min, max },
  others,
});

describe("a rule on what a neighbour sends", () => {
  it.each<readonly [string, ImportRule, object | null]>([
    ["without a CIDR is about its whole family", asked(), all],
    [
      "of the other family is about that",
      asked({}, "ipv6"),
      { within: { prefix: "::/0", min: 0, max: 128 }, others: false },
    ],
    ["In", match("In", 24, 28), cidr(24, 28)],
    ["NotIn", match("NotIn", 24, 28), cidr(24, 28, true)],
    ["Equal", match("Equal"), cidr(16, 16)],
    ["NotEqual", match("NotEqual"), cidr(16, 16, true)],
    ["Equal, without the CIDR's own length", match("Equal", 24), null],
    ["NotEqual, without the CIDR's own length", match("NotEqual", 24), all],
    ["with a path", asked({ asPathPrefix: [asn(65001), asn(65002)] }), { asPath: "^65001_65002_" }],
    ["that rejects", asked({ action: { t: "reject" } }), { accept: false }],
  ])("%s", (_, rule, expected) => {
    const rules = takeRules(tor, [rule]);
    if (expected === null) expect(rules).toEqual([]);
    else expect(rules).toMatchObject([{ neighbour: tor, accept: true, ...expected }]);
  });

  it("asks for communities by sets of either kind", () => {
    const community = parseCommunity("64512:7");
    const large = parseLargeCommunity("64512:7:8");
    if (community === null || large === null) throw new Error("they are communities");
    const rules = [
      asked({ community: { t: "standard", community } }),
      asked({ community: { t: "large", community: large } }),
    ];
    const found = takeRules(tor, rules) ?? [];
    expect(setsFor(found, v3.policy).map(({ definedType, name, list }) => [definedType, name, list])).toEqual(
      [
        [1, "bellman-takes-1", ["192.0.2.1/32"]],
        [0, "bellman-takes-1", []],
        [4, "bellman-takes-1", ["64512:7"]],
        [1, "bellman-takes-2", ["192.0.2.1/32"]],
        [0, "bellman-takes-2", []],
        [6, "bellman-takes-2", ["64512:7:8"]],
      ],
    );
  });

  it("lets in as stale and with the lowest preference that gobgpd sets", () => {
    const { statements } = policyFor(takeRules(tor, [asked()]) ?? [], v3.policy);
    expect(statements).toMatchObject([
      {
        actions: {
          routeAction: 1,
          community: { type: v3.policy.add, communities: ["65535:6"] },
          localPref: { value: 1 },
        },
      },
    ]);
  });

  it.each([
    [{ interface: "eth*" }, "the interface of the next hop"],
    [{ priority: 5 }, "a priority"],
  ])("that asks for %j closes the peer, and is told once", (over, says) => {
    const peer = {
      name: "tor1",
      address: tor,
      port: 179,
      asn: defaultAsn,
      localAsn: defaultAsn,
      ...plainSession,
    };
    const rules = [asked(), asked(over), asked(over)];
    expect(takeRules(tor, rules)).toBeNull();
    expect(importProblems(peer, rules)).toEqual([
      {
        object: "BGPPeer/tor1",
        field: "spec.filters[0]",
        severity: "warning",
        message: `BGPFilter/f asks on import for ${says}, which gobgpd's policies do not know; nothing is taken from this peer`,
      },
    ]);
    expect(importProblems(peer, [asked()])).toEqual([]);
  });
});
