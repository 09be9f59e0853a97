import { describe, expect, test } from "vitest";
import type { Verdict } from "../model/verdict.ts";
import { decide } from "./decide.ts";
import { defaults, endpoint, ip, node, service, slice, view } from "./decide.fixture.ts";
import { viewChanges } from "./view-change.ts";
import type { View } from "./view.ts";

/** The settings of an agent stay the same ones. */
function seen(...parts: Parameters<typeof view>): View {
  return { ...view(...parts), settings: defaults };
}

const lists = { clusterIPs: ["10.49.0.0/16"], externalIPs: ["192.168.3.0/24"] };
const balanced = { ...lists, loadBalancerIPs: ["192.168.5.0/24"] };
const excluded = { labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } };
const drained = { drainRequested: true };

const local = service({ externalTrafficPolicy: "Local" });
const external = service({ clusterIPs: [], externalIPs: [ip("192.168.3.7")] });
const balancer = service({
  type: "LoadBalancer",
  clusterIPs: [],
  ingress: [{ ip: ip("192.168.5.9"), hostname: null, ipMode: "VIP" }],
});
const services = { local, external, balancer };

/** Names of the services that have to be decided again. */
function concerned(before: View, after: View): readonly string[] {
  const changes = viewChanges(before, after);
  return Object.entries(services)
    .filter(([, each]) => {
      const verdicts: readonly Verdict[] = decide(each, [slice([endpoint()])], before);
      return changes.some((test) => test(each, verdicts));
    })
    .map(([name]) => name);
}

describe("a node", () => {
  test.each([
    ["written again as it was", {}],
    ["with another label", { labels: { rack: "a" } }],
    ["with a taint that drains nothing", { taints: [{ key: "k", value: "", effect: "NoSchedule" }] }],
    ["made again as another object", { uid: "another" }],
    ["with other pod CIDRs", { podCIDRs: node().podCIDRs.toReversed() }],
    ["with its addresses in another order", { addresses: node().addresses.toReversed() }],
  ])("%s concerns no service", (_, over) => {
    expect(viewChanges(seen(lists), seen(lists, over))).toEqual([]);
  });
  test("that is excluded, or seen for the first time, concerns every service", () => {
    expect(concerned(seen(lists), seen(lists, excluded))).toEqual(Object.keys(services));
    expect(concerned(seen(lists, null), seen(lists))).toEqual(Object.keys(services));
  });
  test("that begins or ends to drain concerns services that are announced", () => {
    expect(concerned(seen(lists), seen(lists, drained))).toEqual(["local"]);
    expect(concerned(seen(lists, drained), seen(lists))).toEqual(["local"]);
  });
  test("that gets or loses an address concerns services with that address", () => {
    const more = { addresses: [...node().addresses, ip("192.168.3.7")] };
    expect(concerned(seen(lists), seen(lists, more))).toEqual(["external"]);
    expect(concerned(seen(lists, more), seen(lists))).toEqual(["external"]);
  });
});

describe("configuration", () => {
  const changed = (after: Parameters<typeof seen>[0], before: typeof after = lists) =>
    concerned(seen(before), seen(after));

  test("of anything but the lists concerns no service", () => {
    const other = seen(lists, {}, {}, { advertisements: [], peers: [], listenPort: 1179, logLevel: "debug" });
    expect(viewChanges(seen(lists), other)).toEqual([]);
  });
  test("with an entry more or less concerns services with an address in it", () => {
    expect(changed({ ...lists, clusterIPs: ["10.49.0.0/16", "10.50.0.0/16"] })).toEqual([]);
    const exact = { ...lists, clusterIPs: ["10.49.0.0/16", "10.49.0.1/32"] };
    expect(changed(exact)).toEqual(["local"]);
    expect(changed(lists, exact)).toEqual(["local"]);
    expect(changed({ ...lists, externalIPs: ["192.168.0.0/16"] })).toEqual(["external"]);
  });
  test("with the entries of a list in another order concerns no service", () => {
    const two = { clusterIPs: ["10.49.0.0/16", "10.50.0.0/16"] };
    expect(changed({ clusterIPs: two.clusterIPs.toReversed() }, two)).toEqual([]);
  });
  test("with a first or without the last entry of a list concerns all services with addresses of that kind", () => {
    expect(changed({ ...lists, loadBalancerIPs: ["10.60.0.0/16"] })).toEqual(["balancer"]);
    expect(changed({ clusterIPs: lists.clusterIPs })).toEqual(["external"]);
    expect(changed({ ...lists, loadBalancerIPs: [] })).toEqual([]);
  });
  test("of the aggregation concerns services with a load balancer's address", () => {
    const apart = { aggregateLoadBalancerIPs: false };
    expect(concerned(seen(balanced), seen(balanced, {}, {}, apart))).toEqual(["balancer"]);
  });
});
