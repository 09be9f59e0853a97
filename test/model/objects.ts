// Random Services, EndpointSlices and Nodes as the API writes them: few names and addresses, so that they meet; some of
// what they hold is wrong.
import * as fc from "fast-check";
import { deletionTimestamp, named, record, some, uid } from "./wire.ts";

const clusterIPs = fc.oneof(
  {
    arbitrary: fc.constantFrom<readonly string[]>(
      ["10.49.0.1"],
      ["10.49.0.2"],
      ["fd10::1"],
      ["10.49.0.1", "fd10::1"],
      ["fd10::2", "10.49.0.2"],
    ),
    weight: 9,
  },
  { arbitrary: fc.constantFrom<readonly string[]>(["10.60.0.1"], ["None"], [], ["nonsense"]), weight: 1 },
);
const addresses = ["192.168.3.7", "192.168.5.9", "10.49.0.1", "fd10::1", "fd30::5"] as const;
const unusual = ["127.0.0.1", "192.168.1.10", "0.0.0.0", "fe80::1", "ff02::1", "300.1.1.1", ""] as const;
const address = fc.oneof(
  { arbitrary: fc.constantFrom(...addresses), weight: 8 },
  { arbitrary: fc.constantFrom(...unusual), weight: 1 },
);

const ingress = fc.oneof(
  { arbitrary: record({ ip: address, ipMode: some(fc.constantFrom("VIP", "Proxy"), 3) }), weight: 4 },
  { arbitrary: record({ hostname: fc.constant("lb.example.com"), ip: some(address, 3) }), weight: 1 },
);

const annotations = some(
  record({
    "projectcalico.org/AdvertiseClusterIP": some(fc.constantFrom("true", "true", "false", "yes"), 3),
    "bellman.bgp/advertise": some(fc.constantFrom("local", "none", "somewhere"), 2),
    "bellman.bgp/communities": some(
      fc.constantFrom("64512:1", "64512:2,64512:1", "1:2:3, 64512:9", "nonsense,64512:7", "65536:1", ""),
      3,
    ),
    "bellman.bgp/med": some(fc.constantFrom("0", "50", "4294967295", "4294967296", "-1"), 3),
    "bellman.bgp/local-pref": some(fc.constantFrom("200", "many"), 2),
    "bellman.bgp/prepend": some(fc.constantFrom("2", "16", "17"), 2),
  }),
  4,
);

export const serviceNames = ["default/a", "default/b", "shop/a"] as const;

export const service = record({
  apiVersion: fc.constant("v1"),
  kind: fc.constant("Service"),
  key: fc.constantFrom(...serviceNames),
  uid,
  deletionTimestamp,
  annotations,
  labels: fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 24 },
    { arbitrary: fc.constant({ "service.kubernetes.io/service-proxy-name": "other" }), weight: 1 },
  ),
  spec: record({
    type: fc.oneof(
      {
        arbitrary: fc.constantFrom(undefined, "ClusterIP", "NodePort", "LoadBalancer", "LoadBalancer"),
        weight: 24,
      },
      { arbitrary: fc.constant("ExternalName"), weight: 1 },
    ),
    clusterIPs,
    externalIPs: some(fc.array(address, { maxLength: 2 }), 4),
    externalTrafficPolicy: some(fc.constantFrom("Local", "Local", "Cluster"), 8),
    internalTrafficPolicy: some(fc.constantFrom("Local", "Cluster"), 2),
    loadBalancerClass: some(fc.constantFrom("example.com/bgp", "example.com/cloud"), 3),
  }),
  status: some(record({ loadBalancer: record({ ingress: fc.array(ingress, { maxLength: 2 }) }) }), 5),
}).map(named);

const conditions = fc.oneof(
  { arbitrary: fc.constant({ ready: true }), weight: 4 },
  { arbitrary: fc.constant({ ready: false, serving: true, terminating: true }), weight: 3 },
  {
    arbitrary: record({
      ready: some(fc.constantFrom(true, false, null), 8),
      serving: some(fc.boolean()),
      terminating: some(fc.boolean()),
    }),
    weight: 3,
  },
);

const endpoint = (ofFamily: string) =>
  record({
    addresses: fc.oneof(
      { arbitrary: fc.constant([ofFamily]), weight: 9 },
      { arbitrary: fc.constantFrom(["nonsense"], [], ["10.48.9.9"]), weight: 1 },
    ),
    nodeName: some(fc.constantFrom("n1", "n1", "n2"), 8),
    conditions: some(conditions, 9),
  });

const family = fc.oneof(
  { arbitrary: fc.constant(["IPv4", "10.48.1.20"] as const), weight: 12 },
  { arbitrary: fc.constant(["IPv6", "fd48::20"] as const), weight: 8 },
  { arbitrary: fc.constant(["FQDN", "pod.example.com"] as const), weight: 1 },
);

export const sliceNames = ["default/s1", "default/s2", "default/s3", "shop/s1"] as const;

export const slice = family.chain(([addressType, ofFamily]) =>
  record({
    apiVersion: fc.constant("discovery.k8s.io/v1"),
    kind: fc.constant("EndpointSlice"),
    key: fc.constantFrom(...sliceNames),
    uid,
    labels: some(record({ "kubernetes.io/service-name": fc.constantFrom("a", "b") }), 9),
    addressType: fc.constant(addressType),
    endpoints: fc.oneof(
      { arbitrary: fc.array(endpoint(ofFamily), { minLength: 1, maxLength: 3 }), weight: 9 },
      { arbitrary: fc.constant([]), weight: 1 },
    ),
  }).map(named),
);

const exclusion = "node.kubernetes.io/exclude-from-external-load-balancers";

export const node = record({
  apiVersion: fc.constant("v1"),
  kind: fc.constant("Node"),
  key: fc.constantFrom("n1", "n1", "n1", "n2"),
  uid,
  deletionTimestamp,
  annotations: some(record({ "bellman.bgp/drain": fc.constantFrom("true", "false", "maybe") }), 2),
  labels: some(record({ [exclusion]: fc.constantFrom("", "true", "false", "0", "no") }), 2),
  spec: record({
    taints: some(
      fc.array(
        record({
          key: fc.constantFrom(
            "ToBeDeletedByClusterAutoscaler",
            "maintenance",
            "node.kubernetes.io/unschedulable",
          ),
          effect: fc.constant("NoSchedule"),
        }),
        { maxLength: 2 },
      ),
      2,
    ),
    podCIDRs: some(fc.constantFrom(["10.48.1.0/24"], ["10.48.1.0/24", "fd48::/64"]), 7),
  }),
  status: record({
    addresses: fc
      .constantFrom(
        ["192.168.1.10", "fd00::10"],
        ["192.168.1.10", "fd00::10"],
        ["192.168.1.10"],
        ["192.168.1.10", "fe80::10"],
        // Addresses that services claim as well.
        ["192.168.1.10", "fd00::10", "192.168.5.9"],
        ["192.168.1.10", "fd30::5"],
      )
      .map((texts) => texts.map((text) => ({ type: "InternalIP", address: text }))),
    conditions: some(
      record({
        type: fc.constant("NetworkUnavailable"),
        status: fc.constantFrom("True", "False", "False"),
      }).map((condition) => [condition]),
    ),
  }),
}).map(named);

export const healthyNode = named({
  apiVersion: "v1",
  kind: "Node",
  key: "n1",
  spec: { podCIDRs: ["10.48.1.0/24"] },
  status: {
    addresses: ["192.168.1.10", "fd00::10"].map((text) => ({ type: "InternalIP", address: text })),
  },
});
