// Sound objects of every kind with all their fields in use, and hostile text in place of any text of theirs.
import type { WireObject } from "../support/picture.ts";

const named = (name: string, spec: object, more: object = {}) => ({
  metadata: {
    name,
    uid: `uid-${name}`,
    labels: { rack: "r1" },
    annotations: { "example.com/note": "text" },
    ...more,
  },
  spec,
});
const rule = (more: object) => ({ action: "Accept", ...more });

/** Node n1 announces routes of both families to four neighbours, told apart by filters. */
export const soundObjects: readonly WireObject[] = [
  [
    "Node",
    {
      metadata: {
        name: "n1",
        uid: "uid-n1",
        labels: { rack: "r1" },
        annotations: { "bellman.bgp/drain": "false" },
      },
      spec: {
        podCIDR: "10.48.1.0/24",
        podCIDRs: ["10.48.1.0/24", "fd48:1::/64"],
        taints: [{ key: "example.com/key", value: "value", effect: "NoSchedule" }],
      },
      status: {
        addresses: [
          { type: "InternalIP", address: "192.168.1.10" },
          { type: "InternalIP", address: "fd01::10" },
          { type: "Hostname", address: "n1" },
        ],
        conditions: [{ type: "NetworkUnavailable", status: "False", reason: "Up", message: "up" }],
      },
    },
  ],
  [
    "BGPConfiguration",
    named("default", {
      asNumber: "64512",
      listenPort: 179,
      logSeverityScreen: "Info",
      nodeToNodeMeshEnabled: false,
      bindMode: "None",
      serviceClusterIPs: [{ cidr: "10.49.0.0/16" }, { cidr: "fd10::/112" }],
      serviceExternalIPs: [{ cidr: "192.168.3.0/24" }],
      serviceLoadBalancerIPs: [{ cidr: "192.168.5.0/24" }, { cidr: "192.168.6.9/32" }],
      serviceLoadBalancerAggregation: "Enabled",
      communities: [
        { name: "internal", value: "64512:100" },
        { name: "wide", value: "64512:1:2" },
      ],
      prefixAdvertisements: [
        { cidr: "10.49.0.0/16", communities: ["internal", "64512:200"] },
        { cidr: "fd10::/112", communities: ["wide"] },
      ],
      ignoredInterfaces: ["eth9"],
    }),
  ],
  [
    "BGPConfiguration",
    named("node.n1", { prefixAdvertisements: [{ cidr: "10.49.0.0/16", communities: ["64512:300"] }] }),
  ],
  [
    "BGPPeer",
    named("tor1", {
      peerIP: "192.168.1.1:1179",
      asNumber: "65001",
      localASNumber: "65010",
      password: { secretKeyRef: { name: "bgp", key: "tor1" } },
      sourceAddress: "UseNodeIP",
      keepaliveTime: "3s",
      maxRestartTime: "20s",
      ttlSecurity: 1,
      numAllowedLocalASNumbers: 1,
      nextHopMode: "Auto",
      filters: ["some", "others"],
    }),
  ],
  ["BGPPeer", named("tor2", { node: "n1", peerIP: "192.168.1.2", asNumber: 64512, filters: ["others"] })],
  [
    "BGPPeer",
    named("tor3", {
      nodeSelector: "rack == 'r1'",
      peerIP: "fd01::3",
      asNumber: 65003,
      sourceAddress: "None",
      filters: ["changes"],
      password: { secretKeyRef: { name: "bgp", key: "tor3" } },
    }),
  ],
  ["BGPPeer", named("tor4", { peerIP: "[fd01::4]:179", asNumber: 65004 })],
  [
    "BGPFilter",
    named("some", {
      exportV4: [rule({ cidr: "10.49.0.0/16", matchOperator: "Equal", action: "Reject" })],
      importV4: [rule({ cidr: "10.0.0.0/8", matchOperator: "In", source: "RemotePeers" })],
      exportV6: [rule({ cidr: "fd10::1/128", matchOperator: "In", action: "Reject" })],
    }),
  ],
  [
    "BGPFilter",
    named("others", {
      exportV4: [
        rule({ interface: "eth*", action: "Reject" }),
        rule({ peerType: "eBGP", communities: { values: ["64512:200"] }, action: "Reject" }),
        rule({
          cidr: "192.168.5.0/24",
          matchOperator: "NotIn",
          operations: [
            { addCommunity: { value: "64512:7" } },
            { prependASPath: { prefix: ["65100", 65101] } },
            { setPriority: { value: 100 } },
          ],
        }),
      ],
    }),
  ],
  [
    "BGPFilter",
    named("changes", {
      exportV4: [rule({ asPathPrefix: ["64512"], action: "Reject" })],
      exportV6: [rule({ operations: [{ addCommunity: { value: "64512:8:8" } }] })],
    }),
  ],
  [
    "Service",
    named(
      "web",
      {
        type: "LoadBalancer",
        clusterIP: "10.49.0.1",
        clusterIPs: ["10.49.0.1", "fd10::1"],
        externalIPs: ["192.168.3.7"],
        externalTrafficPolicy: "Local",
        internalTrafficPolicy: "Cluster",
        loadBalancerClass: "example.com/bgp",
        ipFamilyPolicy: "PreferDualStack",
        ports: [{ name: "http", protocol: "TCP", port: 80 }],
      },
      {
        namespace: "shop",
        annotations: {
          "bellman.bgp/communities": "64512:1,64512:1:2",
          "bellman.bgp/med": "50",
          "bellman.bgp/local-pref": "200",
          "bellman.bgp/prepend": "1",
        },
      },
    ),
  ],
  [
    "Service",
    {
      ...named(
        "gate",
        { type: "LoadBalancer", clusterIPs: ["10.49.0.2"], externalTrafficPolicy: "Cluster" },
        {
          namespace: "shop",
          annotations: {
            "bellman.bgp/advertise": "local",
            "projectcalico.org/AdvertiseClusterIP": "true",
          },
        },
      ),
      status: {
        loadBalancer: {
          ingress: [{ ip: "192.168.5.9", ipMode: "VIP" }, { ip: "192.168.6.9" }, { hostname: "lb" }],
        },
      },
    },
  ],
  ...["web", "gate"].flatMap((service) =>
    [
      { addressType: "IPv4", address: "10.48.1.7" },
      { addressType: "IPv6", address: "fd48:1::7" },
    ].map(({ addressType, address }): WireObject => [
      "EndpointSlice",
      {
        metadata: {
          name: `${service}-${addressType.toLowerCase()}`,
          namespace: "shop",
          labels: { "kubernetes.io/service-name": service },
          annotations: { "endpoints.kubernetes.io/last-change-trigger-time": "2026-01-01T00:00:00Z" },
        },
        addressType,
        endpoints: [{ addresses: [address], nodeName: "n1", hostname: "pod", conditions: { ready: true } }],
      },
    ]),
  ),
  [
    "Secret",
    {
      metadata: { name: "bgp", namespace: "bellman" },
      stringData: { tor1: "correct-horse", tor3: "battery-staple" },
    },
  ],
];

export type Place = readonly (string | number)[];

/** Where the objects have texts: values, and names in maps (the last step is then `null`). */
export type TextPlace = { readonly at: Place; readonly of: "value" | "key" };

/** Maps of the user's own names; elsewhere a name is a field. */
const maps = new Set(["labels", "annotations", "stringData", "data"]);

export function textPlaces(objects: readonly WireObject[]): readonly TextPlace[] {
  // The kind is no text of the object's.
  return objects.flatMap(([, object], index) => placesIn(object, [index, 1]));
}

function placesIn(value: unknown, at: Place): readonly TextPlace[] {
  if (typeof value === "string") return [{ at, of: "value" }];
  if (typeof value !== "object" || value === null) return [];
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  const free = maps.has(String(at.at(-1)));
  return entries.flatMap(([key, part]) => [
    ...(free ? [{ at: [...at, key], of: "key" } as const] : []),
    ...placesIn(part, [...at, key]),
  ]);
}

/** The same, but for the text at this place. */
export function withText(
  objects: readonly WireObject[],
  { at, of }: TextPlace,
  change: (text: string) => string,
): readonly WireObject[] {
  const [index = -1, , ...rest] = at;
  return objects.map(([kind, object], number) =>
    number === index ? [kind, changed(object, rest, of, change)] : [kind, object],
  );
}

function changed(value: unknown, at: Place, of: TextPlace["of"], change: (text: string) => string): unknown {
  const [step, ...rest] = at;
  if (step === undefined) return typeof value === "string" ? change(value) : value;
  if (Array.isArray(value))
    return value.map((part: unknown, index) => (index === step ? changed(part, rest, of, change) : part));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]: [string, unknown]) => {
      if (key !== step) return [key, part];
      return rest.length === 0 && of === "key" ? [change(key), part] : [key, changed(part, rest, of, change)];
    }),
  );
}
