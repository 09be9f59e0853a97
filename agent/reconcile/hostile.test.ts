// Whatever the objects hold: no throw, no route outside the allow lists, and what is sound beside them is as it would be.
import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pictureWith, plainDecisions } from "../../test/support/picture.ts";
import type { WireObject } from "../../test/support/picture.ts";
import { parsePrefix } from "../model/prefix.ts";
import { objectKey } from "../model/service.ts";
import { planJson } from "../plan/json.ts";
import { endpoints, spec, status, text } from "../watch/decode/hostile.fixture.ts";
import { decideOnce } from "./offline.ts";

const ranges = ["10.49.0.0/16", "192.168.3.0/24", "192.168.5.0/24", "fd10::/112"] as const;
const allowed = new BlockList();
for (const range of ranges) {
  const [address = "", length] = range.split("/");
  allowed.addSubnet(address, Number(length), address.includes(":") ? "ipv6" : "ipv4");
}

const named = (kind: string, name: string, more: object) => ({ kind, metadata: { name }, ...more });
const sound: readonly WireObject[] = [
  [
    "BGPConfiguration",
    named("BGPConfiguration", "default", {
      spec: {
        serviceClusterIPs: [{ cidr: ranges[0] }, { cidr: ranges[3] }],
        serviceExternalIPs: [{ cidr: ranges[1] }],
        serviceLoadBalancerIPs: [{ cidr: ranges[2] }],
      },
    }),
  ],
  [
    "Node",
    named("Node", "n1", {
      status: { addresses: ["192.168.1.10", "fd00::10"].map((ip) => ({ type: "InternalIP", address: ip })) },
    }),
  ],
  [
    "Service",
    named("Service", "sound", {
      spec: { type: "NodePort", clusterIPs: ["10.49.9.9"], externalTrafficPolicy: "Local" },
    }),
  ],
  ...["sound", "hostile"].map((name): WireObject => [
    "EndpointSlice",
    {
      metadata: { name: `${name}-sound`, labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.48.0.3"], nodeName: "n1" }],
    },
  ]),
];

/** Now and then one that may be announced, so that there is something to get wrong. */
const address = fc.oneof(
  text,
  fc.constantFrom(
    "10.49.0.1",
    "fd10::1",
    "192.168.3.7",
    "192.168.5.9",
    "10.50.0.1",
    "0.0.0.0",
    "192.168.1.10",
  ),
);
const addresses = fc.array(address, { maxLength: 4 });
const overlay = fc.record(
  {
    type: fc.constantFrom("NodePort", "LoadBalancer", "ClusterIP"),
    externalTrafficPolicy: fc.constantFrom("Local", "Cluster"),
    clusterIPs: addresses,
    externalIPs: addresses,
  },
  { requiredKeys: [] },
);
const annotations = fc.dictionary(
  fc.constantFrom(
    "bellman.bgp/communities",
    "bellman.bgp/med",
    "bellman.bgp/local-pref",
    "bellman.bgp/prepend",
    "bellman.bgp/advertise",
    "projectcalico.org/AdvertiseClusterIP",
    "bellman.bgp/\n",
  ),
  fc.oneof(text, fc.jsonValue()),
);
const hostileObjects = fc.record({
  service: fc.record({
    spec: fc.oneof(
      fc.tuple(spec, overlay).map(([any, over]) => ({ ...any, ...over })),
      fc.jsonValue(),
    ),
    status: fc.oneof(
      status,
      addresses.map((ips) => ({ loadBalancer: { ingress: ips.map((ip) => ({ ip })) } })),
    ),
    annotations,
  }),
  slice: endpoints,
  peer: fc.jsonValue(),
  nodes: fc.jsonValue(),
});

test("a hostile service costs only itself, and nothing of it is announced outside the allow lists", () => {
  let announced = 0;
  fc.assert(
    fc.property(hostileObjects, ({ service, slice, peer, nodes }) => {
      const metadata = { name: "hostile", annotations: service.annotations };
      const cluster = pictureWith([
        ...sound,
        ["Service", { metadata, spec: service.spec, status: service.status }],
        [
          "EndpointSlice",
          {
            metadata: { name: "hostile-1", labels: { "kubernetes.io/service-name": "hostile" } },
            addressType: "IPv4",
            endpoints: slice,
          },
        ],
        ["Node", { metadata: { name: "n2" }, spec: nodes, status: nodes }],
        ["BGPPeer", named("BGPPeer", "hostile", { spec: peer })],
        ["BGPConfiguration", named("BGPConfiguration", "node.n1", { spec: { communities: peer } })],
      ]);
      const { routes, problems, verdicts } = planJson(decideOnce(cluster, plainDecisions).plan());
      for (const { prefix } of routes) {
        expect(parsePrefix(prefix)).toEqual({ prefix, hadHostBits: false });
        const [ip = ""] = prefix.split("/");
        expect([prefix, allowed.check(ip, ip.includes(":") ? "ipv6" : "ipv4")]).toEqual([prefix, true]);
      }
      announced += routes.filter(({ services }) => services.includes(objectKey("default", "hostile"))).length;
      const prefixes = routes.map(({ prefix }) => prefix);
      expect(prefixes).toEqual(expect.arrayContaining([...ranges, "10.49.9.9/32"]));
      expect(verdicts).toContainEqual({
        service: "default/sound",
        address: "10.49.9.9",
        prefix: "10.49.9.9/32",
        announce: true,
        reason: "LocalEndpoints",
      });
      for (const { object, field, message } of problems) {
        expect(object).toMatch(
          /^(Service\/default|EndpointSlice\/default|Node|BGPPeer|BGPConfiguration)\/[a-z0-9.-]+$/,
        );
        expect(`${field} ${message}`).toMatch(/^[^\p{Cc}\u202e\u2028\u2029]{1,2000}$/u);
      }
      const told = problems.map(({ object, field }) => `${object} ${field}`);
      for (const [index, ip] of externalIPsOf(service.spec).entries())
        if (ip !== "" && isIP(ip) === 0)
          expect(told).toContain(`Service/default/hostile spec.externalIPs[${index}]`);
    }),
    { numRuns: 150 },
  );
  expect(announced).toBeGreaterThan(0);
}, 30_000);

function externalIPsOf(given: unknown): readonly string[] {
  const list: unknown =
    typeof given === "object" && given !== null && "externalIPs" in given ? given.externalIPs : [];
  return Array.isArray(list) && list.every((entry) => typeof entry === "string") ? list : [];
}
