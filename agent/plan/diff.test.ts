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
const peer = (name: string, port = 179) => ({
  name,
  address: ip("192.168.1.1"),
  port,
  asn,
  localAsn: asn,
  routes: [],
});

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
    const before = plan({ peers: [peer("a"), peer("b")] });
    const after = plan({ routes: [route("10.49.0.1/32")], peers: [{ ...peer("b", 1179) }, peer("c")] });
    expect(diffPlans(before, after).peers).toEqual({
      added: [peer("c")],
      removed: [peer("a")],
      changed: [{ name: "b", changes: [{ field: "port", from: 179, to: 1179 }] }],
    });
  });
});
