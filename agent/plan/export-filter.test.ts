import { describe, expect, test } from "vitest";
import { cidr, config, ip } from "../decide/decide.fixture.ts";
import { resolveFilters } from "../config/bgp-filter.ts";
import type { ConfiguredPeer } from "../config/node-config.ts";
import { parseAsn } from "../model/asn.ts";
import { parseCommunity, parseLargeCommunity, uniqueCommunities } from "../model/community.ts";
import type { Filter } from "../model/filter.ts";
import { plainSession } from "../model/peer.ts";
import { plainRoute } from "../model/route.ts";
import type { Route } from "../model/route.ts";
import { exportFilter } from "./export-filter.ts";
import type { ExportTarget, ExportVerdict } from "./export-filter.ts";
import { everywhere, namedFilters, reached, reachOf } from "./reach.ts";

const asn = (number: number) => {
  const parsed = parseAsn(number);
  if (parsed === null) throw new Error(`no AS number: ${number}`);
  return parsed;
};
const gold = [parseCommunity("64512:7")].filter((community) => community !== null);
const large = [parseLargeCommunity("64512:1:2")].filter((community) => community !== null);
const external: ExportTarget = { peerType: "eBGP", localAsn: asn(64512) };
const internal: ExportTarget = { peerType: "iBGP", localAsn: asn(64512) };

/** Filters by name, of specs as they are written. */
function filters(specs: Readonly<Record<string, unknown>>): ReadonlyMap<string, Filter> {
  const objects = Object.entries(specs).map(
    ([name, spec]) => [name, { kind: "BGPFilter", name, uid: name, labels: {}, spec }] as const,
  );
  return resolveFilters(new Map(objects), new Map()).filters;
}

/** What rules for both families decide on a route. */
function decide(
  rules: readonly unknown[],
  prefix: string,
  over: Partial<Route> = {},
  target = external,
): ExportVerdict {
  const list = prefix.includes(":") ? "exportV6" : "exportV4";
  const found = filters({ f: { [list]: rules } }).get("f") ?? null;
  return exportFilter([{ name: "f", filter: found }], { ...plainRoute(cidr(prefix)), ...over }, target);
}

const last = { action: "Reject" };
const accept = { action: "Accept" };

/** Whether a rule with these conditions matches: what it does not is rejected. */
const matches = (rule: object, prefix: string, over: Partial<Route> = {}, target = external) =>
  decide([{ ...rule, ...accept }, last], prefix, over, target).t === "accept";

const inRange = (operator: string, prefixLength?: object) => ({
  cidr: "10.96.0.0/12",
  matchOperator: operator,
  ...(prefixLength !== undefined && { prefixLength }),
});

describe("T7: the cidr of a rule", () => {
  test.each([
    ["In", undefined, "10.96.0.0/12", true],
    ["In", undefined, "10.96.0.0/16", true],
    ["In", undefined, "10.111.255.255/32", true],
    ["In", undefined, "10.112.0.0/16", false],
    ["In", undefined, "10.0.0.0/8", false],
    ["In", undefined, "192.168.0.1/32", false],
    ["NotIn", undefined, "10.96.0.1/32", false],
    ["NotIn", undefined, "10.0.0.0/8", true],
    ["Equal", undefined, "10.96.0.0/12", true],
    ["Equal", undefined, "10.96.0.0/16", false],
    ["NotEqual", undefined, "10.96.0.0/12", false],
    ["NotEqual", undefined, "10.96.0.0/16", true],
    ["In", { min: 32 }, "10.96.0.1/32", true],
    ["In", { min: 32 }, "10.96.0.0/31", false],
    ["In", { max: 16 }, "10.96.0.0/12", true],
    ["In", { max: 16 }, "10.96.0.0/16", true],
    ["In", { max: 16 }, "10.96.0.0/17", false],
    ["In", { min: 14, max: 24 }, "10.96.0.0/13", false],
    ["In", { min: 14, max: 24 }, "10.96.0.0/14", true],
    ["In", { min: 14, max: 24 }, "10.96.1.0/24", true],
    ["In", { min: 14, max: 24 }, "10.96.1.0/25", false],
    ["In", { min: 0 }, "10.96.0.0/12", true],
    ["NotIn", { min: 32 }, "10.96.0.0/31", true],
    ["NotIn", { min: 32 }, "10.96.0.1/32", false],
    ["NotIn", { min: 32 }, "192.168.0.1/32", true],
    ["Equal", { min: 12, max: 12 }, "10.96.0.0/12", true],
    ["Equal", { min: 16 }, "10.96.0.0/12", false],
    ["NotEqual", { min: 16 }, "10.96.0.0/12", true],
  ])("%s 10.96.0.0/12 %j and %s: %s", (operator, lengths, prefix, expected) => {
    expect(matches(inRange(operator, lengths), prefix)).toBe(expected);
  });

  test.each([
    ["In", "fd00:10:96::/112", "fd00:10:96::1/128", true],
    ["In", "fd00:10:96::/108", "fd00:10:96::f:1/128", true],
    ["In", "fd00:10:96::/108", "fd00:10:96::10:1/128", false],
    ["NotIn", "fd00:10:96::/112", "fd00:10:97::1/128", true],
    ["Equal", "fd00:10:96::1/128", "fd00:10:96::1/128", true],
    ["In", "::/0", "fd00::/8", true],
  ])("%s %s and %s: %s", (matchOperator, range, prefix, expected) => {
    expect(matches({ cidr: range, matchOperator }, prefix)).toBe(expected);
  });

  test("0.0.0.0/0 holds everything, itself included", () => {
    const all = { cidr: "0.0.0.0/0", matchOperator: "In" };
    expect([matches(all, "0.0.0.0/0"), matches(all, "10.0.0.1/32")]).toEqual([true, true]);
  });
});

describe("T7: the other conditions of a rule", () => {
  const marked = { communities: gold, largeCommunities: large };

  test.each<readonly [object, Partial<Route>, ExportTarget, boolean]>([
    [{}, {}, external, true],
    [{ communities: { values: ["64512:7"] } }, marked, external, true],
    [{ communities: { values: ["64512:7"] } }, {}, external, false],
    [{ communities: { values: ["64512:8"] } }, marked, external, false],
    [{ communities: { values: ["64512:1:2"] } }, marked, external, true],
    [{ communities: { values: ["64512:1:3"] } }, marked, external, false],
    [{ asPathPrefix: [64512] }, {}, external, false],
    [{ asPathPrefix: [64512] }, { prepend: 1 }, external, true],
    [{ asPathPrefix: [64512, "0.64512"] }, { prepend: 2 }, external, true],
    [{ asPathPrefix: [64512, 64512] }, { prepend: 1 }, external, false],
    [{ asPathPrefix: [65000] }, { prepend: 1 }, external, false],
    [{ peerType: "eBGP" }, {}, external, true],
    [{ peerType: "eBGP" }, {}, internal, false],
    [{ peerType: "iBGP" }, {}, internal, true],
    [{ peerType: "iBGP" }, {}, external, false],
    [{ priority: 1024 }, {}, external, true],
    [{ priority: 512 }, {}, external, false],
    // A node sends what it originates: it did not come from a peer, and leaves by no interface.
    [{ source: "RemotePeers" }, {}, external, false],
    [{ interface: "eth0" }, {}, external, false],
    [{ interface: "*" }, {}, external, false],
    // All of them together.
    [{ peerType: "eBGP", communities: { values: ["64512:7"] }, ...inRange("In") }, marked, external, true],
    [
      { peerType: "eBGP", communities: { values: ["64512:7"] }, ...inRange("NotIn") },
      marked,
      external,
      false,
    ],
  ])("%j for a route with %j towards %j: %s", (rule, over, target, expected) => {
    expect(matches(rule, "10.96.0.1/32", over, target)).toBe(expected);
  });
});

describe("T7: operations", () => {
  const operate = (operations: readonly object[], over: Partial<Route> = {}, target = external) => {
    const verdict = decide([{ ...accept, operations }], "10.96.0.1/32", over, target);
    return verdict.t === "accept" ? [verdict.changed, verdict.attributes] : verdict.t;
  };
  const plain = { communities: [], largeCommunities: [], med: null, localPref: null, path: [] };

  test.each<readonly [readonly object[], Partial<Route>, ExportTarget, boolean, object]>([
    [[{ addCommunity: { value: "64512:7" } }], {}, external, true, { communities: ["64512:7"] }],
    [
      [{ addCommunity: { value: "64512:6" } }],
      { communities: gold },
      external,
      true,
      { communities: ["64512:6", "64512:7"] },
    ],
    [[{ addCommunity: { value: "64512:7" } }], { communities: gold }, external, false, { communities: gold }],
    [[{ addCommunity: { value: "64512:1:2" } }], {}, external, true, { largeCommunities: ["64512:1:2"] }],
    [[{ prependASPath: { prefix: [65000, 65001] } }], {}, external, true, { path: [65000, 65001] }],
    [
      [{ prependASPath: { prefix: [65001] } }, { prependASPath: { prefix: [65000] } }],
      { prepend: 1 },
      external,
      true,
      { path: [65000, 65001, 64512] },
    ],
    [[{ setPriority: { value: 512 } }], { localPref: 50 }, internal, true, { localPref: 2_147_483_135 }],
    [[{ setPriority: { value: 512 } }], { med: 7 }, external, false, { med: 7 }],
    // The mark of a drain.
    [
      [{ setPriority: { value: 1 } }],
      { communities: uniqueCommunities([parseCommunity("65535:0")].flatMap((it) => it ?? [])), localPref: 0 },
      internal,
      false,
      { communities: ["65535:0"], localPref: 0 },
    ],
  ])("%j on a route with %j towards %j", (operations, over, target, changed, attributes) => {
    const path = Array.from({ length: over.prepend ?? 0 }, () => target.localAsn);
    const before = { ...plain, path };
    const own = { med: over.med ?? null, localPref: over.localPref ?? null };
    expect(operate(operations, over, target)).toEqual([changed, { ...before, ...own, ...attributes }]);
  });
});

describe("T7: the first rule that matches decides, filter after filter", () => {
  const all = filters({
    narrow: {
      exportV4: [
        { ...inRange("In", { min: 32 }), ...accept },
        { ...inRange("In"), action: "Reject" },
      ],
    },
    hosts: {
      exportV4: [{ cidr: "0.0.0.0/0", matchOperator: "In", prefixLength: { max: 31 }, action: "Reject" }],
    },
    none: { exportV4: [{ action: "Reject" }] },
    empty: {},
    broken: { exportV4: [{ action: "Perhaps" }] },
  });
  const ask = (names: readonly string[], prefix: string) => {
    const named = names.map((name) => ({ name, filter: all.get(name) ?? null }));
    const verdict = exportFilter(named, plainRoute(cidr(prefix)), external);
    if (verdict.t === "closed") return `${verdict.why} ${verdict.filter}`;
    if (verdict.t === "unknown") return verdict.t;
    return `${verdict.t} ${verdict.by === null ? "-" : `${verdict.by.filter} ${verdict.by.rule}`}`;
  };

  test.each([
    [[], "10.96.0.0/12", "accept -"],
    [["empty"], "10.96.0.0/12", "accept -"],
    [["narrow"], "10.96.0.1/32", "accept narrow 1"],
    [["narrow"], "10.96.0.0/12", "reject narrow 2"],
    [["narrow"], "192.168.0.0/24", "accept -"],
    [["narrow", "hosts"], "192.168.0.0/24", "reject hosts 1"],
    [["narrow", "none"], "10.96.0.1/32", "accept narrow 1"],
    [["none", "narrow"], "10.96.0.1/32", "reject none 1"],
    [["none"], "fd00::1/128", "accept -"],
  ])("%j on %s: %s", (names, prefix, decided) => {
    expect(ask(names, prefix)).toBe(decided);
  });

  test.each([
    [["gone"], "10.96.0.1/32", "missing gone"],
    [["gone"], "fd00::1/128", "missing gone"],
    [["narrow", "gone"], "10.96.0.1/32", "missing gone"],
    [["broken"], "10.96.0.1/32", "unreadable broken"],
    [["narrow", "broken"], "10.96.0.1/32", "unreadable broken"],
    [["broken"], "fd00::1/128", "accept -"],
  ])("T8: with %j nothing is sent, whatever else would match: %s: %s", (names, prefix, decided) => {
    expect(ask(names, prefix)).toBe(decided);
  });
});

describe("several peers", () => {
  const named = (
    name: string,
    last: number,
    names: readonly string[] | null,
    number = 65001,
  ): ConfiguredPeer => ({
    name,
    address: ip(`192.168.1.${last}`),
    port: 179,
    asn: asn(number),
    localAsn: asn(64512),
    ...plainSession,
    filters: names,
  });
  const all = filters({
    reject: { exportV4: [{ ...inRange("In"), action: "Reject" }] },
    tag: { exportV4: [{ ...accept, operations: [{ addCommunity: { value: "64512:7" } }] }] },
    alike: {
      exportV4: [
        { peerType: "iBGP", action: "Reject" },
        { ...accept, operations: [{ addCommunity: { value: "64512:7" } }] },
      ],
    },
  });
  const reachFor = (...peers: readonly ConfiguredPeer[]) => reachOf({ ...config(), peers, filters: all });
  const route = plainRoute(cidr("10.96.0.1/32"));

  test("without filters are sent everything as it is", () => {
    const reach = reachFor(named("a", 1, []), named("b", 2, []));
    expect(reach).toBe(everywhere);
    expect(reached(reach, route)).toEqual({ notTo: [], variants: [] });
  });

  test("are told apart by address, each group in order", () => {
    const peers = [
      named("a", 10, ["reject"]),
      named("b", 9, ["reject"], 64512),
      named("c", 3, ["tag"]),
      named("d", 2, ["alike"]),
      named("e", 1, ["gone"]),
      named("f", 4, []),
    ];
    expect(reached(reachFor(...peers), route)).toEqual({
      notTo: ["192.168.1.1", "192.168.1.9", "192.168.1.10"],
      variants: [
        {
          to: ["192.168.1.2", "192.168.1.3"],
          communities: ["64512:7"],
          largeCommunities: [],
          med: null,
          localPref: null,
          path: [],
        },
      ],
    });
  });

  test("T8: of which it is not known what filters they have are sent nothing", () => {
    const reach = reachFor(named("a", 1, null), named("b", 2, []));
    for (const prefix of ["10.96.0.1/32", "fd00::1/128"])
      expect(reached(reach, plainRoute(cidr(prefix)))).toEqual({ notTo: ["192.168.1.1"], variants: [] });
    expect(reach.key).not.toBe(reachFor(named("a", 1, []), named("b", 2, [])).key);
  });

  test("are asked for the filters of the first by name, where two have one address", () => {
    const second = { ...named("b", 1, ["reject"]), port: 1179 };
    expect(reached(reachFor(named("a", 1, []), second), route)).toEqual({ notTo: [], variants: [] });
    expect(reached(reachFor(named("a", 1, ["reject"]), { ...second, filters: [] }), route).notTo).toEqual([
      "192.168.1.1",
    ]);
  });

  test("with equal filters share one evaluation and one list", () => {
    const peers = Array.from({ length: 64 }, (_, index) => named(`p${index}`, index + 1, ["reject"]));
    const reach = reachFor(...peers);
    expect(reach.groups).toHaveLength(1);
    expect(reached(reach, route).notTo).toBe(reached(reach, plainRoute(cidr("10.96.0.2/32"))).notTo);
  });

  test("are the same to a route exactly when rules, kind of peer and addresses are", () => {
    const key = (...peers: readonly ConfiguredPeer[]) => reachFor(...peers).key;
    const one = named("a", 1, ["reject"]);
    expect(key({ ...one, name: "other", port: 1179, holdTimeSeconds: 30 })).toBe(key(one));
    expect(key({ ...one, asn: asn(65002) })).toBe(key(one));
    for (const other of [
      { ...one, asn: asn(64512) },
      { ...one, address: ip("192.168.1.2") },
      { ...one, filters: ["tag"] },
      { ...one, filters: ["reject", "tag"] },
      { ...one, filters: [] },
    ])
      expect(key(other)).not.toBe(key(one));
    expect(namedFilters(named("a", 1, ["gone"]), all)).toEqual([{ name: "gone", filter: null }]);
  });
});
