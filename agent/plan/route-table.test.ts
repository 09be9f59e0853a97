import { describe, expect, it } from "vitest";
import { cidr, ip } from "../decide/decide.fixture.ts";
import { parseCommunity } from "../model/community.ts";
import type { Community } from "../model/community.ts";
import { container, hostPrefix, prefixAddress } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import type { AnnounceReason } from "../model/reason.ts";
import { objectKey } from "../model/service.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Common } from "./common.ts";
import { tableProblems } from "./plan.ts";
import { communityLimits } from "./route-attributes.ts";
import { everywhere } from "./reach.ts";
import { RouteTable } from "./route-table.ts";
import { noAttributes } from "./service-attributes.ts";
import type { ServiceAttributes } from "./service-attributes.ts";

function announcing(name: string, address: string, reason: AnnounceReason = "LocalEndpoints"): Verdict {
  const parsed = ip(address);
  return {
    service: objectKey("default", name),
    address: parsed,
    prefix: hostPrefix(parsed),
    announce: true,
    reason,
  };
}

function community(text: string): Community {
  const parsed = parseCommunity(text);
  if (parsed === null) throw new Error(`no community: ${text}`);
  return parsed;
}

const [a, b] = [objectKey("default", "a"), objectKey("default", "b")];
const shared = cidr("10.49.0.1/32");

const common: Common = {
  aggregates: new Set(),
  podCidrs: new Set(),
  nextHops: { ipv4: null, ipv6: ip("fd00::10") },
  advertisements: [],
  prepends: true,
  draining: false,
  reach: everywhere,
};

function table(): RouteTable {
  const made = new RouteTable();
  made.setCommon({ ...common, aggregates: new Set([cidr("10.49.0.0/16")]) });
  return made;
}

describe("attributes", () => {
  const asking = (over: Partial<ServiceAttributes>): ServiceAttributes => ({ ...noAttributes, ...over });
  it("unite the communities of all owners and of the CIDRs around the prefix, sorted and each once", () => {
    const routes = new RouteTable();
    const inside = container(cidr("10.49.0.0/16"));
    const advertisement = {
      prefix: cidr("10.49.0.0/16"),
      communities: [community("64512:2"), community("64512:1")],
      largeCommunities: [],
      covers: (prefix: Prefix) => inside(prefixAddress(prefix)),
    };
    routes.setCommon({ ...common, advertisements: [advertisement] });
    routes.setVerdicts(
      a,
      [announcing("a", "10.49.0.1")],
      asking({ communities: [community("64512:2"), community("1:1")] }),
    );
    routes.setVerdicts(b, [announcing("b", "10.49.0.1")], asking({ communities: [community("64512:10")] }));
    expect(routes.route(shared)?.communities).toEqual(["1:1", "64512:1", "64512:2", "64512:10"]);
  });
  it("carry no more communities than fit into a message, the marks of a drain in any case", () => {
    const routes = table();
    const many = Array.from({ length: 1200 }, (_, number) => community(`64512:${number}`));
    const draining = announcing("a", "10.49.0.1", "Draining");
    routes.setVerdicts(a, [draining], asking({ communities: many }));
    const carried = routes.route(shared)?.communities ?? [];
    expect(carried).toHaveLength(communityLimits.communities + 1);
    expect(carried.at(-1)).toBe("65535:0");
    expect(tableProblems("n1", routes)).toMatchObject([{ object: "Service/default/a", severity: "error" }]);
  });
  it("with one value come from the first owner by name that sets them", () => {
    const routes = table();
    routes.setVerdicts(b, [announcing("b", "10.49.0.1")], asking({ med: 20, prepend: 2 }));
    routes.setVerdicts(a, [announcing("a", "10.49.0.1")], asking({ med: 10 }));
    expect(routes.route(shared)).toMatchObject({ med: 10, prepend: 2, localPref: null });
  });
  it("leave out a prepend where a neighbour would take it for a loop, and name the service", () => {
    const routes = new RouteTable();
    routes.setCommon({ ...common, prepends: false });
    routes.setVerdicts(a, [announcing("a", "10.49.0.1")], asking({ prepend: 2 }));
    expect(routes.route(shared)?.prepend).toBe(0);
    expect(tableProblems("n1", routes)).toMatchObject([
      {
        object: "Service/default/a",
        field: "metadata.annotations[bellman.bgp/prepend]",
        severity: "warning",
      },
    ]);
  });
  it("that differ between owners of one prefix are told of all but the first", () => {
    const routes = table();
    routes.setVerdicts(b, [announcing("b", "10.49.0.1")], asking({ med: 20 }));
    routes.setVerdicts(a, [announcing("a", "10.49.0.1")], asking({ med: 10 }));
    expect(tableProblems("n1", routes)).toMatchObject([
      { object: "Service/default/b", field: "metadata.annotations[bellman.bgp/med]", severity: "warning" },
    ]);
  });
  it("mark a route only while every owner drains, with the reason of one that does not", () => {
    const routes = table();
    const draining = announcing("a", "10.49.0.1", "Draining");
    routes.setVerdicts(a, [draining]);
    expect(routes.route(shared)).toMatchObject({
      reason: "Draining",
      communities: ["65535:0"],
      med: 4294967294,
      localPref: 0,
    });
    routes.setVerdicts(b, [announcing("b", "10.49.0.1")]);
    expect(routes.route(shared)).toMatchObject({
      reason: "LocalEndpoints",
      communities: [],
      med: null,
      localPref: null,
    });
  });
  it("mark the aggregates of a draining node, but not its pod CIDRs", () => {
    const routes = new RouteTable();
    const [aggregate, pods] = [cidr("10.49.0.0/16"), cidr("10.48.1.0/24")];
    routes.setCommon({
      ...common,
      aggregates: new Set([aggregate]),
      podCidrs: new Set([pods]),
      draining: true,
    });
    expect(routes.route(aggregate)).toMatchObject({ reason: "Draining", med: 4294967294 });
    expect(routes.route(pods)).toMatchObject({ reason: "PodCidr", med: null });
  });
});

describe("the route table", () => {
  it("keeps a route when one of two services sharing its address goes, and drops it with the last", () => {
    const routes = table();
    routes.setVerdicts(b, [announcing("b", "10.49.0.1")]);
    routes.setVerdicts(a, [announcing("a", "10.49.0.1")]);
    expect(routes.route(shared)?.services).toEqual(["default/a", "default/b"]);
    expect([...routes.setVerdicts(a, [])]).toEqual([shared]);
    expect(routes.route(shared)?.services).toEqual(["default/b"]);
    routes.setVerdicts(b, []);
    expect(routes.route(shared)).toBeUndefined();
  });
  it("names the prefixes that a change of verdicts may concern: those before and those after", () => {
    const routes = table();
    routes.setVerdicts(a, [announcing("a", "10.49.0.1")]);
    expect([...routes.setVerdicts(a, [announcing("a", "10.49.0.2")])].sort()).toEqual([
      shared,
      "10.49.0.2/32",
    ]);
  });
  it("gives aggregates the reason Aggregate and no service", () => {
    expect(table().route(cidr("10.49.0.0/16"))).toMatchObject({
      reason: "Aggregate",
      services: [],
      nextHop: null,
    });
  });
  it("puts the node's own address into IPv6 routes and leaves out those it cannot originate", () => {
    const routes = table();
    routes.setVerdicts(a, [announcing("a", "fd10::1")]);
    expect(routes.route(cidr("fd10::1/128"))?.nextHop).toBe("fd00::10");
    routes.setCommon({ ...common, nextHops: { ipv4: null, ipv6: undefined } });
    expect(routes.route(cidr("fd10::1/128"))).toBeUndefined();
    expect([...routes.routes()]).toEqual([]);
    expect([...routes.withoutNextHop()]).toEqual(["fd10::1/128"]);
  });
});
