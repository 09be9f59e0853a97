import { describe, expect, it, test } from "vitest";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import { objectKey } from "../model/service.ts";
import type { Service } from "../model/service.ts";
import { decide } from "./decide.ts";
import { endpoint, ip, service, slice, view } from "./decide.fixture.ts";
import type { View } from "./view.ts";

/** `address reason` per verdict, with a + before what is announced. */
function verdicts(given: Service, slices: readonly EndpointSlice[], seen: View = view()): readonly string[] {
  return decide(given, slices, seen).map(
    ({ announce, address, reason }) => `${announce ? "+" : "-"} ${address ?? "none"} ${reason}`,
  );
}

const local = service({ externalTrafficPolicy: "Local" });
const here = [slice([endpoint()])];
const everywhere = {
  clusterIPs: ["10.49.0.0/16"],
  externalIPs: ["192.168.3.0/24"],
  loadBalancerIPs: ["192.168.5.0/24"],
};

describe("endpoints", () => {
  it("E1: counts an endpoint whose ready condition is nil, which the API reads as true", () => {
    expect(verdicts(local, here)).toEqual(["+ 10.49.0.1 LocalEndpoints"]);
  });
  it("E2: refuses a Local service whose only local endpoint is not ready", () => {
    const slices = [slice([endpoint({ ready: false }), endpoint({ nodeName: "n2" })])];
    expect(verdicts(local, slices)).toEqual(["- 10.49.0.1 NoLocalEndpoints"]);
  });
  it("E3: announces when one of two slices holds a ready local endpoint, in either order", () => {
    const ready = slice([endpoint()], { key: objectKey("default", "web-1") });
    const notReady = slice([endpoint({ ready: false })], { key: objectKey("default", "web-2") });
    expect(verdicts(local, [ready, notReady])).toEqual(["+ 10.49.0.1 LocalEndpoints"]);
    expect(verdicts(local, [notReady, ready])).toEqual(["+ 10.49.0.1 LocalEndpoints"]);
  });
  it("never counts a starting pod, serving or not", () => {
    for (const serving of [true, false])
      expect(verdicts(local, [slice([endpoint({ ready: false, serving })])])).toEqual([
        "- 10.49.0.1 NoLocalEndpoints",
      ]);
  });
  it("does not count an endpoint without a node name for the node", () => {
    expect(verdicts(local, [slice([endpoint({ nodeName: null })])])).toEqual([
      "- 10.49.0.1 NoLocalEndpoints",
    ]);
  });
  it("says WrongFamily when all ready endpoints are of the other family", () => {
    expect(verdicts(local, [slice([endpoint()], { family: "ipv6" })])).toEqual(["- 10.49.0.1 WrongFamily"]);
  });
  it("judges the families of a dual-stack service apart", () => {
    const dual = service({ externalTrafficPolicy: "Local", clusterIPs: [ip("10.49.0.1"), ip("fd10::1")] });
    const lists = { clusterIPs: ["10.49.0.0/16", "fd10::/108"] };
    expect(verdicts(dual, [slice([endpoint()], { family: "ipv6" })], view(lists))).toEqual([
      "- 10.49.0.1 WrongFamily",
      "+ fd10::1 LocalEndpoints",
    ]);
  });
  it("takes a service without slices for one without endpoints", () => {
    expect(verdicts(local, [])).toEqual(["- 10.49.0.1 NoLocalEndpoints"]);
  });
});

describe("whether a host route is due", () => {
  const externalIPs = [ip("192.168.3.7")];
  const ingress = [{ ip: ip("192.168.5.9"), hostname: null, ipMode: "VIP" as const }];
  test.each<readonly [string, Partial<Service>, readonly string[]]>([
    ["policy Cluster is covered by the aggregate", {}, ["- 10.49.0.1 CoveredByAggregate"]],
    [
      "Local on a NodePort service covers all its addresses",
      { externalTrafficPolicy: "Local", externalIPs },
      ["+ 10.49.0.1 LocalEndpoints", "+ 192.168.3.7 LocalEndpoints"],
    ],
    [
      "Local on a LoadBalancer service covers all its addresses",
      { type: "LoadBalancer", externalTrafficPolicy: "Local", ingress },
      ["+ 10.49.0.1 LocalEndpoints", "+ 192.168.5.9 LocalEndpoints"],
    ],
    [
      "Local on a ClusterIP service counts when it has external IPs",
      { type: "ClusterIP", externalTrafficPolicy: "Local", externalIPs },
      ["+ 10.49.0.1 LocalEndpoints", "+ 192.168.3.7 LocalEndpoints"],
    ],
    [
      "Local on a ClusterIP service without external IPs means nothing",
      { type: "ClusterIP", externalTrafficPolicy: "Local" },
      ["- 10.49.0.1 CoveredByAggregate"],
    ],
    [
      "an internal policy Local covers the cluster IPs only",
      { internalTrafficPolicy: "Local", externalIPs },
      ["+ 10.49.0.1 LocalEndpoints", "- 192.168.3.7 CoveredByAggregate"],
    ],
    [
      "a ClusterIP service may ask for it by annotation",
      { type: "ClusterIP", annotations: { "projectcalico.org/AdvertiseClusterIP": "true" }, externalIPs },
      ["+ 10.49.0.1 Annotated", "- 192.168.3.7 CoveredByAggregate"],
    ],
    [
      "a service may ask for local routes without changing its policy",
      { annotations: { "bellman.bgp/advertise": "local" } },
      ["+ 10.49.0.1 LocalEndpoints"],
    ],
    [
      "a service may forbid every host route",
      { externalTrafficPolicy: "Local", annotations: { "bellman.bgp/advertise": "none" } },
      ["- 10.49.0.1 OptedOut"],
    ],
  ])("%s", (_title, over, expected) => {
    expect(verdicts(service(over), here, view(everywhere))).toEqual(expected);
  });

  it("announces an exact entry from every node while any endpoint is ready", () => {
    const lists = { clusterIPs: ["10.49.0.0/16", "10.49.0.1/32"] };
    expect(verdicts(service(), [slice([endpoint({ nodeName: "n2" })])], view(lists))).toEqual([
      "+ 10.49.0.1 ExactEntry",
    ]);
    expect(verdicts(service(), [], view(lists))).toEqual(["- 10.49.0.1 NoEndpoints"]);
  });
});

describe("gates", () => {
  const seen = view(everywhere);
  test.each<readonly [string, Partial<Service>, readonly string[]]>([
    ["Headless", { headless: true, clusterIPs: [] }, ["- none Headless"]],
    ["ExternalName", { type: "ExternalName", clusterIPs: [] }, ["- none ExternalName"]],
    ["ServiceDeleting", { deleting: true, externalTrafficPolicy: "Local" }, ["- 10.49.0.1 ServiceDeleting"]],
    ["OtherProxy", { proxyName: "cilium", externalTrafficPolicy: "Local" }, ["- 10.49.0.1 OtherProxy"]],
    ["NoAddress", { clusterIPs: [] }, ["- none NoAddress"]],
    [
      "HostnameOnly",
      {
        type: "LoadBalancer",
        clusterIPs: [],
        ingress: [{ ip: null, hostname: "lb.example", ipMode: "VIP" }],
      },
      ["- none HostnameOnly"],
    ],
    [
      "IpModeProxy",
      {
        type: "LoadBalancer",
        externalTrafficPolicy: "Local",
        ingress: [{ ip: ip("192.168.5.9"), hostname: null, ipMode: "Proxy" }],
      },
      ["+ 10.49.0.1 LocalEndpoints", "- 192.168.5.9 IpModeProxy"],
    ],
    [
      "Reserved",
      {
        externalTrafficPolicy: "Local",
        externalIPs: ["127.0.0.1", "169.254.1.1", "192.168.1.10", "224.0.0.1"].map(ip),
      },
      [
        "+ 10.49.0.1 LocalEndpoints",
        "- 127.0.0.1 Reserved",
        "- 169.254.1.1 Reserved",
        "- 192.168.1.10 Reserved",
        "- 224.0.0.1 Reserved",
      ],
    ],
    [
      "OutsideAllowList",
      { externalTrafficPolicy: "Local", externalIPs: [ip("192.168.4.1")] },
      ["+ 10.49.0.1 LocalEndpoints", "- 192.168.4.1 OutsideAllowList"],
    ],
  ])("%s", (_reason, over, expected) => {
    expect(verdicts(service(over), here, seen)).toEqual(expected);
  });

  it("NotConfigured: without a list of that kind", () => {
    expect(verdicts(local, here, view({ externalIPs: ["10.49.0.0/16"] }))).toEqual([
      "- 10.49.0.1 NotConfigured",
    ]);
  });
  it("InvalidObject: a service of which no address could be read", () => {
    const problem = {
      object: "Service/default/web",
      field: "spec.clusterIP",
      severity: "error",
      message: "",
    } as const;
    expect(verdicts(service({ clusterIPs: [], problems: [problem] }), here)).toEqual([
      "- none InvalidObject",
    ]);
  });
  it("announces an address claimed twice if one claim allows it, and else tells what came furthest", () => {
    const twice = {
      externalTrafficPolicy: "Local",
      clusterIPs: [],
      externalIPs: [ip("192.168.5.9")],
    } as const;
    const ingress = [{ ip: ip("192.168.5.9"), hostname: null, ipMode: "VIP" as const }];
    const given = service({ ...twice, type: "LoadBalancer", ingress });
    expect(verdicts(given, here, seen)).toEqual(["+ 192.168.5.9 LocalEndpoints"]);
    expect(verdicts(given, [], seen)).toEqual(["- 192.168.5.9 NoLocalEndpoints"]);
  });
});

describe("terminating endpoints", () => {
  const ending = endpoint({ ready: false, serving: true, terminating: true });
  const ended = endpoint({ ready: false, serving: false, terminating: true });
  it.each([
    ["deprefer", "+ 10.49.0.1 Draining"],
    ["keep", "+ 10.49.0.1 LocalEndpoints"],
    ["withdraw", "- 10.49.0.1 NoLocalEndpoints"],
  ] as const)(
    "E7: with --terminating %s, only terminating and serving ones left on the node mean %j",
    (terminating, expected) => {
      const seen = view(undefined, {}, { terminating });
      expect(verdicts(local, [slice([ending])], seen)).toEqual([expected]);
      expect(verdicts(local, [slice([ending, endpoint()])], seen)).toEqual(["+ 10.49.0.1 LocalEndpoints"]);
      expect(verdicts(local, [slice([ended])], seen)).toEqual(["- 10.49.0.1 NoLocalEndpoints"]);
    },
  );
  it("of the other family are none to speak of where they do not count", () => {
    const slices = [slice([ending], { family: "ipv6" })];
    expect(verdicts(local, slices)).toEqual(["- 10.49.0.1 WrongFamily"]);
    expect(verdicts(local, slices, view(undefined, {}, { terminating: "withdraw" }))).toEqual([
      "- 10.49.0.1 NoLocalEndpoints",
    ]);
  });
  it("count for a cluster-wide host route only while none is ready anywhere", () => {
    const exact = view({ clusterIPs: ["10.49.0.1/32"] });
    const elsewhere = endpoint({ nodeName: "n2" });
    expect(verdicts(service(), [slice([ending])], exact)).toEqual(["+ 10.49.0.1 Draining"]);
    expect(verdicts(service(), [slice([ending, elsewhere])], exact)).toEqual(["+ 10.49.0.1 ExactEntry"]);
  });
});

describe("load balancers", () => {
  const ingress = [{ ip: ip("192.168.5.9"), hostname: null, ipMode: "VIP" as const }];
  const balanced = service({ type: "LoadBalancer", clusterIPs: [], ingress });
  it("A16: with aggregation Disabled an address is announced by every node while any endpoint is ready", () => {
    const seen = view(everywhere, {}, {}, { aggregateLoadBalancerIPs: false });
    expect(verdicts(balanced, [slice([endpoint({ nodeName: "n2" })])], seen)).toEqual([
      "+ 192.168.5.9 ClusterEndpoints",
    ]);
    expect(verdicts(balanced, [], seen)).toEqual(["- 192.168.5.9 NoEndpoints"]);
    expect(verdicts(balanced, here, view(everywhere))).toEqual(["- 192.168.5.9 CoveredByAggregate"]);
  });
  it("of another class are left to others; any class will do without a list", () => {
    const classed = {
      ...balanced,
      externalTrafficPolicy: "Local",
      loadBalancerClass: "example.com/bgp",
    } as const;
    const listed = (loadBalancerClasses: readonly string[]) => view(everywhere, {}, { loadBalancerClasses });
    expect(verdicts(classed, here, listed(["other"]))).toEqual(["- 192.168.5.9 ClassMismatch"]);
    expect(verdicts({ ...classed, loadBalancerClass: null }, here, listed(["other"]))).toEqual([
      "- 192.168.5.9 ClassMismatch",
    ]);
    expect(verdicts(classed, here, listed(["other", "example.com/bgp"]))).toEqual([
      "+ 192.168.5.9 LocalEndpoints",
    ]);
    expect(verdicts(classed, here, listed([]))).toEqual(["+ 192.168.5.9 LocalEndpoints"]);
  });
});

describe("the node", () => {
  it.each([
    [
      "the cluster autoscaler's taint",
      { taints: [{ key: "ToBeDeletedByClusterAutoscaler", value: "1", effect: "NoSchedule" }] },
    ],
    ["a deletionTimestamp", { deleting: true }],
    ["the drain annotation", { drainRequested: true }],
    ["a listed taint", { taints: [{ key: "maintenance", value: "", effect: "NoExecute" }] }],
  ])("N6: %s marks what it announces", (_title, over) => {
    const drainTaints = [{ key: "maintenance", value: null, effect: "NoExecute" }];
    expect(verdicts(local, here, view(undefined, over, { drainTaints }))).toEqual(["+ 10.49.0.1 Draining"]);
    expect(verdicts(local, [], view(undefined, over, { drainTaints }))).toEqual([
      "- 10.49.0.1 NoLocalEndpoints",
    ]);
  });
  it("N5: cordon, NotReady and taints that are not listed change nothing", () => {
    const taints = [
      { key: "node.kubernetes.io/unschedulable", value: "", effect: "NoSchedule" },
      { key: "node.kubernetes.io/not-ready", value: "", effect: "NoExecute" },
      { key: "maintenance", value: "", effect: "NoSchedule" },
    ];
    const drainTaints = [{ key: "maintenance", value: null, effect: "NoExecute" }];
    expect(verdicts(local, here, view(undefined, { taints }, { drainTaints }))).toEqual([
      "+ 10.49.0.1 LocalEndpoints",
    ]);
  });
  it("refuses every address while it is excluded, its network is unavailable, or it has not been seen", () => {
    const label = "node.kubernetes.io/exclude-from-external-load-balancers";
    expect(verdicts(local, here, view(undefined, { labels: { [label]: "" } }))).toEqual([
      "- 10.49.0.1 NodeExcluded",
    ]);
    expect(verdicts(local, here, view(undefined, { networkUnavailable: true }))).toEqual([
      "- 10.49.0.1 NodeNetworkUnavailable",
    ]);
    expect(verdicts(local, here, view(undefined, null))).toEqual(["- 10.49.0.1 NotSynced"]);
  });
});
