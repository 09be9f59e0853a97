// Random BGPConfiguration, BGPPeer and BGPFilter objects, valid and invalid.
import * as fc from "fast-check";
import { named, record, some, uid } from "./wire.ts";

const cidrs = (good: readonly string[]) =>
  some(
    fc.oneof(
      {
        arbitrary: fc.array(
          fc.oneof(
            { arbitrary: fc.constantFrom(...good).map((cidr) => ({ cidr })), weight: 6 },
            {
              arbitrary: fc.constantFrom<unknown>(
                {},
                { cidr: "nonsense" },
                { cidr: "10.49.0.9/33" },
                { cidr: "0.0.0.0/0" },
              ),
              weight: 1,
            },
          ),
          { minLength: 1, maxLength: 3 },
        ),
        weight: 12,
      },
      { arbitrary: fc.constantFrom<unknown>("10.49.0.0/16", [{ cidr: "nonsense" }], []), weight: 1 },
    ),
    9,
  );

const communities = some(
  fc.subarray([
    { name: "gold", value: "64512:300" },
    { name: "large", value: "64512:1:1" },
    { name: "broken", value: "nonsense" },
  ]),
);

const prefixAdvertisements = some(
  fc.array(
    record({
      cidr: some(
        fc.constantFrom("10.49.0.0/16", "10.49.0.0/24", "10.49.0.1/32", "0.0.0.0/0", "fd10::/64", "nonsense"),
        9,
      ),
      communities: fc.array(fc.constantFrom("gold", "large", "broken", "64512:5", "64512:40", "70000:1"), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    { maxLength: 2 },
  ),
);

export const configurationNames = ["default", "node.n1", "node.n2", "other"] as const;

export const configuration = record({
  apiVersion: fc.constant("projectcalico.org/v3"),
  kind: fc.constant("BGPConfiguration"),
  key: fc.oneof(
    { arbitrary: fc.constant("default"), weight: 4 },
    { arbitrary: fc.constantFrom("node.n1", "node.n2", "other"), weight: 1 },
  ),
  uid,
  spec: fc.oneof(
    {
      arbitrary: record({
        asNumber: some(fc.constantFrom<unknown>(64512, 64513, "many"), 3),
        serviceClusterIPs: cidrs([
          "10.49.0.0/16",
          "10.49.0.0/24",
          "10.49.0.1/32",
          "fd10::/112",
          "fd10::1/128",
          "10.49.3.4/16",
        ]),
        serviceExternalIPs: cidrs(["192.168.3.0/24", "192.168.0.0/16", "192.168.3.7/32", "fd30::/64"]),
        serviceLoadBalancerIPs: cidrs([
          "192.168.5.0/24",
          "192.168.0.0/16",
          "192.168.5.9/32",
          "fd30::5/128",
          "127.0.0.0/8",
        ]),
        serviceLoadBalancerAggregation: some(fc.constantFrom("Enabled", "Disabled", "Perhaps"), 4),
        communities,
        prefixAdvertisements,
      }),
      weight: 24,
    },
    { arbitrary: fc.constantFrom<unknown>("nonsense", {}), weight: 1 },
  ),
}).map(named);

export const peerNames = ["tor1", "tor2"] as const;

export const peer = fc.constantFrom(...peerNames).chain((key) =>
  record({
    apiVersion: fc.constant("projectcalico.org/v3"),
    kind: fc.constant("BGPPeer"),
    key: fc.constant(key),
    uid,
    spec: record({
      peerIP: fc.constantFrom(
        key === "tor1" ? "192.168.1.1" : "192.168.1.2",
        key === "tor1" ? "192.168.1.1" : "192.168.1.2",
        "nonsense",
      ),
      asNumber: fc.constantFrom<unknown>(64512, 64513, 64513, "many"),
      node: some(fc.constantFrom("n1", "n2"), 2),
    }),
  }).map(named),
);

export const filterNames = ["f1", "f2"] as const;

const rules = some(
  fc.oneof(
    {
      arbitrary: fc.array(
        record({
          action: fc.constantFrom("Accept", "Reject", "Reject", "Perhaps"),
          peerType: some(fc.constantFrom("eBGP", "iBGP"), 5),
        }),
        { maxLength: 3 },
      ),
      weight: 8,
    },
    { arbitrary: fc.constantFrom<unknown>("nonsense", [{}]), weight: 1 },
  ),
);

export const filter = fc.constantFrom(...filterNames).chain((key) =>
  record({
    apiVersion: fc.constant("projectcalico.org/v3"),
    kind: fc.constant("BGPFilter"),
    key: fc.constant(key),
    uid,
    spec: record({ exportV4: rules, exportV6: rules, importV4: rules }),
  }).map(named),
);
export const secret = record({
  apiVersion: fc.constant("v1"),
  kind: fc.constant("Secret"),
  key: fc.constant("default/bgp"),
  data: some(fc.constantFrom<unknown>({ tor1: "cDE=" }, { tor1: "cDI=" }, { tor1: "/w==" }, "nonsense"), 9),
}).map(named);

/** With all lists, so that a history has something to begin with. */
export const fullConfiguration = named({
  apiVersion: "projectcalico.org/v3",
  kind: "BGPConfiguration",
  key: "default",
  spec: {
    serviceClusterIPs: [{ cidr: "10.49.0.0/16" }, { cidr: "fd10::/112" }],
    serviceExternalIPs: [{ cidr: "192.168.3.0/24" }, { cidr: "fd30::5/128" }],
    serviceLoadBalancerIPs: [{ cidr: "192.168.5.0/24" }, { cidr: "fd30::/64" }],
  },
});
