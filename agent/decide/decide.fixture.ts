// Services, slices and views for the tests of decide and plan; each test names only what it is about.
import type { AddressSource, AllowEntry, NodeConfig } from "../config/node-config.ts";
import { parseAddress } from "../model/address.ts";
import type { Address } from "../model/address.ts";
import { parseAsn } from "../model/asn.ts";
import type { Endpoint, EndpointSlice } from "../model/endpoint-slice.ts";
import type { Node } from "../model/node.ts";
import { container, isHostPrefix, parsePrefix } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { objectKey } from "../model/service.ts";
import type { Service } from "../model/service.ts";
import { nodeDrainCauses } from "./drain.ts";
import { makeView } from "./view.ts";
import type { DecideSettings, View } from "./view.ts";

export function ip(text: string): Address {
  const address = parseAddress(text);
  if (address === null) throw new Error(`no address: ${text}`);
  return address;
}

export function cidr(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === null) throw new Error(`no prefix: ${text}`);
  return parsed.prefix;
}

/** default/web, a NodePort service at 10.49.0.1 with policy Cluster. */
export function service(over: Partial<Service> = {}): Service {
  return {
    key: objectKey("default", "web"),
    uid: "u1",
    type: "NodePort",
    headless: false,
    deleting: false,
    clusterIPs: [ip("10.49.0.1")],
    externalIPs: [],
    ingress: [],
    externalTrafficPolicy: "Cluster",
    internalTrafficPolicy: "Cluster",
    loadBalancerClass: null,
    healthCheckNodePort: null,
    proxyName: null,
    annotations: {},
    problems: [],
    ...over,
  };
}

/** A ready endpoint on n1. */
export function endpoint(over: Partial<Endpoint> = {}): Endpoint {
  return { address: "10.48.1.10", nodeName: "n1", ready: true, serving: true, terminating: false, ...over };
}

export function slice(endpoints: readonly Endpoint[], over: Partial<EndpointSlice> = {}): EndpointSlice {
  return {
    key: objectKey("default", "web-1"),
    uid: "s1",
    service: objectKey("default", "web"),
    family: "ipv4",
    endpoints,
    triggeredAtMs: null,
    problems: [],
    ...over,
  };
}

export function node(over: Partial<Node> = {}): Node {
  return {
    name: "n1",
    uid: "n",
    labels: {},
    internalIPs: [ip("192.168.1.10"), ip("fd00::10")],
    addresses: [ip("192.168.1.10"), ip("fd00::10")],
    podCIDRs: [],
    networkUnavailable: false,
    taints: [],
    drainRequested: false,
    deleting: false,
    problems: [],
    ...over,
  };
}

type Lists = Partial<Record<AddressSource, readonly string[]>>;

export function config(lists: Lists = { clusterIPs: ["10.49.0.0/16"] }): NodeConfig {
  const entries = (source: AddressSource): readonly AllowEntry[] | null =>
    lists[source]?.map((text) => {
      const prefix = cidr(text);
      return { prefix, exact: isHostPrefix(prefix), contains: container(prefix) };
    }) ?? null;
  const asn = parseAsn(64512);
  if (asn === null) throw new Error("64512 is an AS number");
  return {
    asn,
    listenPort: 179,
    instanceKnown: true,
    logLevel: null,
    allow: {
      clusterIPs: entries("clusterIPs"),
      externalIPs: entries("externalIPs"),
      loadBalancerIPs: entries("loadBalancerIPs"),
    },
    aggregateLoadBalancerIPs: true,
    advertisements: [],
    peers: [],
    filters: new Map(),
    secretNames: new Set(),
    problems: [],
  };
}

/** How to decide, unless a test says otherwise. */
export const defaults: DecideSettings = {
  excludeLabel: "kubernetes",
  terminating: "deprefer",
  drainTaints: [],
  loadBalancerClasses: [],
};

export function view(
  lists?: Lists,
  over: Partial<Node> | null = {},
  settings: Partial<DecideSettings> = {},
  more: Partial<NodeConfig> = {},
): View {
  const given = over === null ? undefined : node(over);
  const all = { ...defaults, ...settings };
  const causes = given === undefined ? [] : nodeDrainCauses(given, all.drainTaints);
  return makeView("n1", given, { ...config(lists), ...more }, all, { causes, withdrawn: false });
}
