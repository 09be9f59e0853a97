import { describe, expect, it } from "vitest";
import { cidr, ip } from "../decide/decide.fixture.ts";
import { hostPrefix } from "../model/prefix.ts";
import { objectKey } from "../model/service.ts";
import type { Verdict } from "../model/verdict.ts";
import { RouteTable } from "./route-table.ts";

function announcing(name: string, address: string): Verdict {
  const parsed = ip(address);
  return {
    service: objectKey("default", name),
    address: parsed,
    prefix: hostPrefix(parsed),
    announce: true,
    reason: "LocalEndpoints",
  };
}

const [a, b] = [objectKey("default", "a"), objectKey("default", "b")];
const shared = cidr("10.49.0.1/32");

function table(): RouteTable {
  const made = new RouteTable();
  made.setCommon([cidr("10.49.0.0/16")], { ipv4: null, ipv6: ip("fd00::10") });
  return made;
}

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
    routes.setCommon([], { ipv4: null, ipv6: undefined });
    expect(routes.route(cidr("fd10::1/128"))).toBeUndefined();
    expect([...routes.routes()]).toEqual([]);
    expect([...routes.withoutNextHop()]).toEqual(["fd10::1/128"]);
  });
});
