import { describe, expect, it } from "vitest";
import { cidr, ip } from "../decide/decide.fixture.ts";
import { parseAsn } from "../model/asn.ts";
import { objectKey } from "../model/service.ts";
import { diffPlans, isEmptyDiff } from "./diff.ts";
import type { PlanJson, RouteJson } from "./json.ts";

const plain = { communities: [], largeCommunities: [], med: null, localPref: null, prepend: 0 };
const web = objectKey("default", "web");
const route = (prefix: string, over: Partial<RouteJson> = {}): RouteJson => ({
  prefix: cidr(prefix),
  reason: "LocalEndpoints",
  services: [web],
  ...plain,
  ...over,
});
const plan = (over: Partial<PlanJson> = {}): PlanJson => ({
  node: "n1",
  excluded: false,
  routes: [],
  verdicts: [],
  peers: [],
  guard: [],
  problems: [],
  ...over,
});
const asn = parseAsn(64512);
if (asn === null) throw new Error("64512 is an AS number");
const session = {
  holdTimeSeconds: 9,
  keepaliveSeconds: 3,
  password: null,
  sourceAddress: null,
  multihop: null,
  ttlSecurityHops: null,
  allowedLocalAsns: 0,
  gracefulRestartSeconds: null,
  bfdIntervalMs: null,
};
const peer = (name: string, port = 179) => ({
  name,
  address: ip("192.168.1.1"),
  port,
  asn,
  localAsn: asn,
  session,
  routes: [],
});

const unchanged = { communities: [], largeCommunities: [], localPref: null };
const nothing = { changes: [], given: [], withheld: [], altered: [] };

describe("the difference of two plans", () => {
  it("is empty for equal ones, whatever their problems", () => {
    const same = plan({ routes: [route("10.49.0.1/32")], peers: [peer("tor")] });
    const problem = { object: "Node/n1", field: "", severity: "warning", message: "…" } as const;
    expect(isEmptyDiff(diffPlans(same, { ...same, problems: [problem] }))).toBe(true);
  });

  it("tells why a route is withdrawn: by the verdicts of the second plan", () => {
    const prefix = cidr("10.49.0.1/32");
    const verdict = { service: web, address: ip("10.49.0.1"), prefix, announce: false } as const;
    const after = plan({ verdicts: [{ ...verdict, reason: "NoLocalEndpoints" }] });
    const before = plan({ routes: [route("10.49.0.1/32"), route("10.49.0.2/32")] });
    const { routes } = diffPlans(before, after);
    expect(routes).toEqual({
      announced: [],
      withdrawn: [
        { ...route("10.49.0.1/32"), because: [{ service: web, reason: "NoLocalEndpoints" }] },
        { ...route("10.49.0.2/32"), because: [] },
      ],
      changed: [],
    });
  });

  it("tells a changed attribute or reason as a change, not as a withdrawal", () => {
    const before = plan({ routes: [route("10.49.0.1/32")] });
    const after = plan({ routes: [route("10.49.0.1/32", { med: 5, reason: "Draining" })] });
    expect(diffPlans(before, after).routes).toEqual({
      announced: [],
      withdrawn: [],
      changed: [
        {
          prefix: "10.49.0.1/32",
          changes: [
            { field: "reason", from: "LocalEndpoints", to: "Draining" },
            { field: "med", from: null, to: 5 },
          ],
        },
      ],
    });
  });

  it("tells peers that come, go and change; their routes are told once, as routes", () => {
    const routes = [cidr("10.49.0.1/32")];
    const before = plan({ peers: [peer("a"), peer("b")] });
    const after = plan({
      routes: [route("10.49.0.1/32")],
      peers: [{ ...peer("b", 1179), routes }, peer("c")],
    });
    expect(diffPlans(before, after).peers).toEqual({
      added: [peer("c")],
      removed: [peer("a")],
      changed: [{ ...nothing, name: "b", changes: [{ field: "port", from: 179, to: 1179 }] }],
    });
  });

  it("tells what the filters of a peer keep from it and let through from now on", () => {
    const [kept, dropped, opened, fresh] = ["10.49.0.1/32", "10.49.0.2/32", "10.49.0.3/32", "10.49.0.4/32"];
    const before = plan({
      routes: [route(kept), route(dropped), route(opened)],
      peers: [{ ...peer("a"), routes: [cidr(kept), cidr(dropped)] }],
    });
    const after = plan({
      routes: [route(kept), route(dropped), route(opened), route(fresh)],
      peers: [{ ...peer("a"), routes: [cidr(kept), cidr(opened)] }],
    });
    expect(diffPlans(before, after).peers.changed).toEqual([
      { ...nothing, name: "a", given: [opened], withheld: [dropped, fresh] },
    ]);
  });

  it("tells which routes the filters of a peer change in another way", () => {
    const routes = [cidr("10.49.0.1/32"), cidr("10.49.0.2/32")];
    const change = (med: number) =>
      routes.slice(0, 1).map((prefix) => ({ prefix, ...unchanged, med, path: [] }));
    const both = (med: number) =>
      plan({
        routes: routes.map((prefix) => route(prefix)),
        peers: [{ ...peer("a"), routes, changes: change(med) }],
      });
    expect(diffPlans(both(1), both(1)).peers.changed).toEqual([]);
    expect(diffPlans(both(1), both(2)).peers.changed).toEqual([
      { ...nothing, name: "a", altered: ["10.49.0.1/32"] },
    ]);
  });

  it("tells of every setting of a session, and of a password only whether there is one", () => {
    const other = {
      holdTimeSeconds: 30,
      keepaliveSeconds: 10,
      password: "set",
      sourceAddress: "192.168.1.10",
      multihop: "on",
      ttlSecurityHops: 2,
      allowedLocalAsns: 1,
      gracefulRestartSeconds: 20,
      bfdIntervalMs: 300,
    };
    const changed = plan({ peers: [{ ...peer("tor"), session: other }] });
    const { peers } = diffPlans(plan({ peers: [peer("tor")] }), changed);
    const changes = Object.entries(session).map(([field, from]) => ({
      field,
      from,
      to: Object.entries(other).find(([name]) => name === field)?.[1],
    }));
    expect(peers.changed).toEqual([{ ...nothing, name: "tor", changes }]);
  });
});
