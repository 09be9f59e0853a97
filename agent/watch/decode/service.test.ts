import { expect, test } from "vitest";
import { decodeService } from "./service.ts";

const wire = (spec: object, rest: object = {}) => ({
  metadata: { namespace: "shop", name: "web", uid: "u1" },
  spec,
  ...rest,
});

test("a service without a spec has the API's defaults", () => {
  expect(decodeService({ metadata: { name: "web" } })).toEqual({
    key: "default/web",
    uid: "",
    type: "ClusterIP",
    headless: false,
    deleting: false,
    clusterIPs: [],
    externalIPs: [],
    ingress: [],
    externalTrafficPolicy: "Cluster",
    internalTrafficPolicy: "Cluster",
    loadBalancerClass: null,
    healthCheckNodePort: null,
    proxyName: null,
    annotations: {},
    problems: [],
  });
});

test("a service keeps what its announcement depends on, and nothing else", () => {
  const service = decodeService({
    metadata: {
      namespace: "shop",
      name: "web",
      uid: "u1",
      deletionTimestamp: "2026-01-01T00:00:00Z",
      labels: { app: "web", "service.kubernetes.io/service-proxy-name": "" },
      annotations: { "bellman.bgp/med": "10", "kubectl.kubernetes.io/last-applied-configuration": "{}" },
      managedFields: [{ manager: "kubectl" }],
    },
    spec: {
      type: "LoadBalancer",
      clusterIP: "10.96.0.10",
      clusterIPs: ["10.96.0.10", "FD00::A"],
      externalIPs: ["192.0.2.1", "192.0.2.1"],
      externalTrafficPolicy: "Local",
      internalTrafficPolicy: "Local",
      loadBalancerClass: "example.com/lb",
      healthCheckNodePort: 30200,
      selector: { app: "web" },
    },
    status: {
      loadBalancer: { ingress: [{ ip: "198.51.100.1", ipMode: "Proxy" }, { hostname: "lb.example" }] },
    },
  });
  expect(service).toEqual({
    key: "shop/web",
    uid: "u1",
    type: "LoadBalancer",
    headless: false,
    deleting: true,
    clusterIPs: ["10.96.0.10", "fd00::a"],
    externalIPs: ["192.0.2.1"],
    ingress: [
      { ip: "198.51.100.1", hostname: null, ipMode: "Proxy" },
      { ip: null, hostname: "lb.example", ipMode: "VIP" },
    ],
    externalTrafficPolicy: "Local",
    internalTrafficPolicy: "Local",
    loadBalancerClass: "example.com/lb",
    healthCheckNodePort: 30200,
    proxyName: "",
    annotations: { "bellman.bgp/med": "10" },
    problems: [],
  });
});

test.each([
  ["clusterIP", { clusterIP: "None" }],
  ["clusterIPs", { clusterIPs: ["None"] }],
])("a service is headless when %s says None", (_, spec) => {
  expect(decodeService(wire(spec))).toMatchObject({ headless: true, clusterIPs: [], problems: [] });
});

test("a manifest may give the single clusterIP only", () => {
  expect(decodeService(wire({ clusterIP: "10.96.0.10" })).clusterIPs).toEqual(["10.96.0.10"]);
  expect(decodeService(wire({ clusterIP: "" })).clusterIPs).toEqual([]);
});

test("a bad address is reported with its field and left out; the others hold", () => {
  const service = decodeService(wire({ externalIPs: ["192.0.2.1", "192.0.2.300", 7, "192.0.2.2"] }));
  expect(service.externalIPs).toEqual(["192.0.2.1", "192.0.2.2"]);
  expect(service.problems).toEqual([
    {
      object: "Service/shop/web",
      field: "spec.externalIPs[1]",
      severity: "error",
      message: '"192.0.2.300" is not an IP address; it is left out',
    },
    {
      object: "Service/shop/web",
      field: "spec.externalIPs[2]",
      severity: "error",
      message: '"7" is not an IP address; it is left out',
    },
  ]);
});

test("a balancer's address is left out when it or its mode is not understood", () => {
  const service = decodeService(
    wire(
      {},
      { status: { loadBalancer: { ingress: [{ ip: "x" }, { ip: "192.0.2.1", ipMode: "Magic" }, 3] } } },
    ),
  );
  expect(service.ingress.map(({ ip }) => ip)).toEqual([null, null, null]);
  expect(service.problems.map(({ field }) => field)).toEqual([
    "status.loadBalancer.ingress[0].ip",
    "status.loadBalancer.ingress[1].ipMode",
    "status.loadBalancer.ingress[2]",
  ]);
});

test.each([
  ["spec", "spec", 1],
  ["spec.type", "spec", { type: "Headless" }],
  ["spec.externalTrafficPolicy", "spec", { externalTrafficPolicy: "local" }],
  ["spec.internalTrafficPolicy", "spec", { internalTrafficPolicy: true }],
  ["spec.healthCheckNodePort", "spec", { healthCheckNodePort: 65536 }],
  ["spec.loadBalancerClass", "spec", { loadBalancerClass: {} }],
  ["spec.clusterIPs", "spec", { clusterIPs: "10.0.0.1" }],
  ["spec.clusterIP", "spec", { clusterIP: "010.0.0.1" }],
  ["status", "status", []],
  ["status.loadBalancer", "status", { loadBalancer: "x" }],
])("a bad %s is reported under that name", (field, part, value) => {
  expect(decodeService(wire({}, { [part]: value })).problems).toMatchObject([{ field, severity: "error" }]);
});

test("an annotation that YAML made a boolean is reported, not guessed", () => {
  const metadata = { name: "web", annotations: { "projectcalico.org/AdvertiseClusterIP": true } };
  expect(decodeService({ metadata })).toMatchObject({
    annotations: {},
    problems: [{ field: "metadata.annotations[projectcalico.org/AdvertiseClusterIP]" }],
  });
});
