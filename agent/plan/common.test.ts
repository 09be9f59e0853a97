import { expect, test } from "vitest";
import type { Advertisement } from "../config/node-config.ts";
import { cidr, ip } from "../decide/decide.fixture.ts";
import { parseCommunity } from "../model/community.ts";
import { hostPrefix, prefixContainer } from "../model/prefix.ts";
import { objectKey } from "../model/service.ts";
import { nothingCommon } from "./common.ts";
import type { Common } from "./common.ts";
import { RouteTable } from "./route-table.ts";
import { noAttributes } from "./service-attributes.ts";

const aggregate = cidr("10.49.0.0/16");
const pods = cidr("10.48.1.0/24");

const common: Common = {
  ...nothingCommon,
  aggregates: new Set([aggregate]),
  nextHops: { ipv4: null, ipv6: ip("fd00::10") },
};

function advertisement(text: string, carried: string): Advertisement {
  const prefix = cidr(text);
  const community = parseCommunity(carried);
  if (community === null) throw new Error(`no community: ${carried}`);
  return { prefix, communities: [community], largeCommunities: [], covers: prefixContainer(prefix) };
}

/** With the host routes 10.49.0.1, 10.49.1.1 (which asks for a prepend) and fd10::1. */
function table(): RouteTable {
  const made = new RouteTable();
  made.setCommon(common);
  for (const [text, prepend] of [
    ["10.49.0.1", null] as const,
    ["10.49.1.1", 2] as const,
    ["fd10::1", null] as const,
  ]) {
    const service = objectKey("default", `at-${text}`);
    const verdict = { service, address: ip(text), prefix: hostPrefix(ip(text)) };
    made.setVerdicts(service, [{ ...verdict, announce: true, reason: "LocalEndpoints" }], {
      ...noAttributes,
      prepend,
    });
  }
  return made;
}

const [first, second] = [advertisement("10.49.0.0/24", "64512:1"), advertisement("10.49.1.0/24", "64512:2")];

test.each<readonly [string, Partial<Common>, readonly string[]]>([
  ["that is the same concerns none", { aggregates: new Set([aggregate]) }, []],
  ["without an aggregate concerns that", { aggregates: new Set() }, [aggregate]],
  [
    "with an aggregate more concerns that",
    { aggregates: new Set([aggregate, cidr("10.50.0.0/16")]) },
    ["10.50.0.0/16"],
  ],
  ["with pod CIDRs concerns these", { podCidrs: new Set([pods]) }, [pods]],
  [
    "with another next hop concerns its family",
    { nextHops: { ipv4: null, ipv6: ip("fd00::11") } },
    ["fd10::1/128"],
  ],
  ["without prepends concerns those that are asked for one", { prepends: false }, ["10.49.1.1/32"]],
  ["that drains concerns the aggregates", { draining: true }, [aggregate]],
  ["with an advertisement concerns what it covers", { advertisements: [first] }, ["10.49.0.1/32"]],
])("what holds for all routes, %s", (_, over, touched) => {
  expect([...table().setCommon({ ...common, ...over })]).toEqual(touched);
});

test.each<readonly [string, readonly Advertisement[], readonly string[]]>([
  ["that are the same concern none", [{ ...first }], []],
  ["of which one goes concern what it covered", [], ["10.49.0.1/32"]],
  ["of which one comes behind concern what that covers", [first, second], ["10.49.1.1/32"]],
  ["of which one comes in front concern what both cover", [second, first], ["10.49.0.1/32", "10.49.1.1/32"]],
  [
    "with other communities concern what they cover",
    [advertisement("10.49.0.0/24", "64512:9")],
    ["10.49.0.1/32"],
  ],
])("advertisements %s", (_, advertisements, touched) => {
  const routes = table();
  routes.setCommon({ ...common, advertisements: [first] });
  expect([...routes.setCommon({ ...common, advertisements })].sort()).toEqual(touched);
});
