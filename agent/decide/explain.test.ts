import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { Endpoint } from "../model/endpoint-slice.ts";
import { objectKey } from "../model/service.ts";
import type { Service } from "../model/service.ts";
import { decide } from "./decide.ts";
import { endpoint, ip, service, slice, view } from "./decide.fixture.ts";
import { explainService } from "./explain.ts";
import type { ClaimExplanation } from "./explain.ts";
import type { View } from "./view.ts";

const placeOf = (source: string, entry: string) => `${source} ${entry}`;

function explainOne(
  over: Partial<Service>,
  endpoints: readonly Endpoint[] = [endpoint()],
  seen: View = view(),
): ClaimExplanation {
  const [first] = explainService(service(over), [slice(endpoints)], seen, placeOf);
  if (first === undefined) throw new Error("nothing explained");
  return first;
}

const factsOf = ({ steps }: ClaimExplanation, gate: string) =>
  steps.filter((step) => step.gate === gate).flatMap(({ facts }) => facts);

describe("an explanation", () => {
  it("ends with the gate that refused, under the reason of the verdict", () => {
    const explained = explainOne({ externalTrafficPolicy: "Local" }, [endpoint({ nodeName: "n2" })]);
    expect(explained).toMatchObject({ announce: false, reason: "NoLocalEndpoints" });
    expect(explained.steps.at(-1)).toMatchObject({ gate: "endpoints", refused: "NoLocalEndpoints" });
    expect(explained.steps.slice(0, -1).every(({ refused }) => refused === null)).toBe(true);
  });

  it("tells slice by slice who is ready where, this node first, and that it has none", () => {
    const elsewhere = endpoint({ address: "10.48.0.3", nodeName: "n2" });
    const local = { externalTrafficPolicy: "Local" } as const;
    expect(factsOf(explainOne(local, [elsewhere]), "family")).toEqual([
      "EndpointSlice/default/web-1 (IPv4): 10.48.0.3 on n2 ready; on n1 none",
    ]);
    const ending = endpoint({ ready: false, terminating: true });
    expect(factsOf(explainOne(local, [elsewhere, ending]), "family")).toEqual([
      "EndpointSlice/default/web-1 (IPv4): 10.48.1.10 on n1 terminating, still serving, 10.48.0.3 on n2 ready",
    ]);
  });

  it("names the entry that holds the address, and what asks for the host route", () => {
    const explained = explainOne({ externalTrafficPolicy: "Local" });
    expect(factsOf(explained, "allowList")).toEqual(["clusterIPs 10.49.0.0/16 10.49.0.0/16 holds 10.49.0.1"]);
    expect(factsOf(explained, "hostRoute")).toEqual([
      "Service/default/web: spec.type NodePort, externalTrafficPolicy Local: a host route, from nodes with a usable endpoint",
    ]);
  });

  it("names the list that does not hold the address", () => {
    expect(factsOf(explainOne({ clusterIPs: [ip("10.50.0.1")] }), "allowList")).toEqual([
      "BGPConfiguration/default spec.serviceClusterIPs 10.49.0.0/16: none holds 10.50.0.1",
    ]);
  });

  it("tells the label that excludes the node, with its value and how it is read", () => {
    const labels = { "node.kubernetes.io/exclude-from-external-load-balancers": "" };
    const explained = explainOne({}, [], view(undefined, { labels }));
    expect(explained.reason).toBe("NodeExcluded");
    expect(factsOf(explained, "node")).toEqual([
      'Node/n1: label node.kubernetes.io/exclude-from-external-load-balancers="" excludes it (--exclude-label kubernetes)',
    ]);
    expect(explained.next).toEqual([
      "remove the label: kubectl label node n1 node.kubernetes.io/exclude-from-external-load-balancers-",
    ]);
  });

  it("quotes what users wrote, so that no text of theirs becomes a line of its own", () => {
    const strange = endpoint({ address: "10.0.0.1\n", nodeName: "n1\u001b[31m" });
    expect(factsOf(explainOne({ externalTrafficPolicy: "Local" }, [strange]), "family")).toEqual([
      String.raw`EndpointSlice/default/web-1 (IPv4): "10.0.0.1\n" on "n1\u001b[31m" ready; on n1 none`,
    ]);
    const explained = explainOne({ proxyName: "a\nb\u001b[31m" });
    expect(factsOf(explained, "proxy")).toEqual([
      String.raw`Service/default/web: label service.kubernetes.io/service-proxy-name is "a\nb\u001b[31m"`,
    ]);
  });

  test.each([
    [{ clusterIPs: [] }, "NoAddress"],
    [{ headless: true }, "Headless"],
    [{ annotations: { "bellman.bgp/advertise": "none" } }, "OptedOut"],
  ] as const)("of a service that is refused as a whole (%j) says %s once per address", (over, reason) => {
    const explained = explainOne(over);
    expect(explained).toMatchObject({ announce: false, reason });
    expect(explained.next.length).toBeGreaterThan(0);
  });
});

const policy = fc.constantFrom("Cluster" as const, "Local" as const);
const anyService = fc.record({
  type: fc.constantFrom("ClusterIP" as const, "NodePort" as const, "LoadBalancer" as const),
  headless: fc.boolean(),
  deleting: fc.boolean(),
  externalTrafficPolicy: policy,
  internalTrafficPolicy: policy,
  clusterIPs: fc.subarray([ip("10.49.0.1"), ip("10.50.0.1"), ip("fd10::1")]),
  externalIPs: fc.subarray([ip("192.168.3.1"), ip("127.0.0.1"), ip("192.168.1.10")]),
  ingress: fc.subarray([
    { ip: ip("192.168.5.1"), hostname: null, ipMode: "VIP" as const },
    { ip: ip("192.168.3.1"), hostname: null, ipMode: "Proxy" as const },
    { ip: null, hostname: "lb.example", ipMode: "VIP" as const },
  ]),
  annotations: fc
    .subarray(["local", "none"])
    .map(([value]): Readonly<Record<string, string>> =>
      value === undefined ? {} : { "bellman.bgp/advertise": value },
    ),
});
const anyEndpoint = fc.record({
  nodeName: fc.constantFrom("n1", "n2", null),
  ready: fc.boolean(),
  serving: fc.boolean(),
  terminating: fc.boolean(),
});

it("never disagrees with the decision, whatever the service, its endpoints and the node", () => {
  fc.assert(
    fc.property(anyService, fc.array(anyEndpoint, { maxLength: 3 }), fc.boolean(), (over, endpoints, fit) => {
      const lists = { clusterIPs: ["10.49.0.0/16", "fd10::/112"], externalIPs: ["192.168.0.0/16"] };
      const seen = view(lists, { networkUnavailable: !fit });
      const subject = service({ ...over, key: objectKey("default", "web") });
      const slices = [slice(endpoints.map((each) => endpoint(each)))];
      const explained = explainService(subject, slices, seen, placeOf);
      for (const { address, announce, reason } of decide(subject, slices, seen)) {
        const same = explained.filter((each) => each.address === address);
        expect(same.map((each) => [each.announce, each.reason])).toContainEqual([announce, reason]);
        expect(same.some((each) => each.announce)).toBe(announce);
      }
      for (const { steps, announce, reason } of explained)
        expect(steps.at(-1)?.refused ?? null).toBe(announce ? null : reason);
    }),
  );
});
