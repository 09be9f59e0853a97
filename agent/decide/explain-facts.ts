// What each gate looks at, as facts for people: the object, the field, the value.
import type { AddressSource } from "../config/node-config.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import type { Prefix } from "../model/prefix.ts";
import { compareText, quote } from "../model/problem.ts";
import { isReserved } from "../model/reserved.ts";
import type { Service } from "../model/service.ts";
import type { AddressGateName, Case } from "./address-gates.ts";
import { dataplaneFacts } from "./explain-dataplane.ts";
import { endpointFacts } from "./explain-endpoints.ts";
import { nodeFacts } from "./explain-node.ts";
import type { HostRuleCause } from "./host-rule.ts";
import type { ServiceGateName } from "./service-gates.ts";

interface Context {
  readonly slices: readonly EndpointSlice[];
  readonly placeOf: (source: AddressSource, entry: Prefix) => string;
}

/** The fields of BGPConfiguration behind the allow lists. */
export const listFields = {
  clusterIPs: "serviceClusterIPs",
  externalIPs: "serviceExternalIPs",
  loadBalancerIPs: "serviceLoadBalancerIPs",
} as const satisfies Record<AddressSource, string>;

/** The fields of a Service in which the addresses stand. */
export const addressFields = {
  clusterIPs: "spec.clusterIPs",
  externalIPs: "spec.externalIPs",
  loadBalancerIPs: "status.loadBalancer.ingress",
} as const satisfies Record<AddressSource, string>;

export const serviceFacts = {
  headless: (it) => [
    `${named(it)}: ${it.headless ? "spec.clusterIP is None" : "has a cluster IP of its own"}`,
  ],
  externalName: (it) => [`${named(it)}: spec.type ${it.type}`],
  deleting: (it) => [`${named(it)}: metadata.deletionTimestamp is ${it.deleting ? "set" : "not set"}`],
  proxy: (it) => [
    `${named(it)}: label service.kubernetes.io/service-proxy-name is ${
      it.proxyName === null ? "not set" : quote(it.proxyName)
    }`,
  ],
  address: (it) => [
    `${named(it)}: spec.clusterIPs ${listed(it.clusterIPs)}`,
    `${named(it)}: spec.externalIPs ${listed(it.externalIPs)}`,
    `${named(it)}: status.loadBalancer.ingress ${listed(
      it.ingress.map(
        ({ ip, hostname }) => ip ?? (hostname === null ? "an entry not understood" : quote(hostname)),
      ),
    )}`,
  ],
  optOut: (it) => [`${named(it)}: ${annotation(it, "bellman.bgp/advertise")}`],
} as const satisfies Record<ServiceGateName, (service: Service) => readonly string[]>;

export const addressFacts = {
  ipMode: ({ service, claim }) =>
    claim.source === "loadBalancerIPs"
      ? [`${named(service)}: status.loadBalancer.ingress ${claim.address} has ipMode ${claim.ipMode}`]
      : [],
  class: ({ service, claim, view }) => {
    if (claim.source !== "loadBalancerIPs") return [];
    const ours = view.settings.loadBalancerClasses;
    const name = service.loadBalancerClass;
    return [
      `${named(service)}: spec.loadBalancerClass is ${name === null ? "not set" : quote(name)}`,
      ours.length === 0 ? "every class is ours" : `--load-balancer-class ${ours.join(",")}`,
    ];
  },
  reserved: ({ claim, view }) => {
    if (isReserved(claim.address)) return [`${claim.address} is in a reserved range (RFC 6890)`];
    const own = view.node?.addresses ?? [];
    return own.includes(claim.address)
      ? [`Node/${view.nodeName}: status.addresses ${own.join(", ")} holds ${claim.address}`]
      : [];
  },
  configured: (it) => [listText(it)],
  allowList: (it, { placeOf }) =>
    it.entries.length === 0
      ? [`${listText(it)}: none holds ${it.claim.address}`]
      : it.entries.map(
          ({ prefix }) => `${placeOf(it.claim.source, prefix)} ${prefix} holds ${it.claim.address}`,
        ),
  node: ({ view }) => nodeFacts(view),
  hostRoute: ({ service, claim, rule, view }) =>
    rule === null
      ? [
          `${named(service)}: spec.type ${service.type}, externalTrafficPolicy ${service.externalTrafficPolicy}, ` +
            `internalTrafficPolicy ${service.internalTrafficPolicy}: nothing asks for a host route`,
          ...(claim.source === "loadBalancerIPs" && view.config.aggregateLoadBalancerIPs
            ? ["BGPConfiguration/default: spec.serviceLoadBalancerAggregation Enabled"]
            : []),
        ]
      : [`${ruleFacts[rule.cause](service)}: ${scopes[rule.scope]}`],
  family: (it, { slices }) => endpointFacts(it.service, slices, it.view.nodeName),
  endpoints: ({ rule, view, serving }) => [
    ...(serving === "draining" || view.settings.terminating !== "deprefer"
      ? [
          `--terminating ${view.settings.terminating}: what becomes of a route that only terminating endpoints serve`,
        ]
      : []),
    ...(rule === null
      ? []
      : [`${servings[serving]} ${rule.scope === "local" ? `on ${view.nodeName}` : "in the cluster"}`]),
  ],
  dataplane: dataplaneFacts,
} as const satisfies Record<AddressGateName, (it: Case, context: Context) => readonly string[]>;

function listText({ claim, view }: Case): string {
  const entries = view.config.allow[claim.source] ?? [];
  return `BGPConfiguration/default spec.${listFields[claim.source]} ${listed(entries.map(({ prefix }) => prefix))}`;
}

const scopes = {
  local: "a host route, from nodes with a usable endpoint",
  cluster: "a host route, from every node while an endpoint anywhere is usable",
} as const;

const servings = {
  ready: "ready endpoints are",
  draining: "only terminating endpoints that still serve are",
  none: "no usable endpoint is",
} as const;

const ruleFacts = {
  advertiseLocal: (service) => `${named(service)}: ${annotation(service, "bellman.bgp/advertise")}`,
  externalTrafficPolicy: (service) =>
    `${named(service)}: spec.type ${service.type}, externalTrafficPolicy Local`,
  internalTrafficPolicy: (service) => `${named(service)}: internalTrafficPolicy Local`,
  exactEntry: () => "an entry of the list is the address itself",
  noAggregation: () => "BGPConfiguration/default: spec.serviceLoadBalancerAggregation Disabled",
  advertiseClusterIP: (service) =>
    `${named(service)}: ${annotation(service, "projectcalico.org/AdvertiseClusterIP")}`,
} as const satisfies Record<HostRuleCause, (service: Service) => string>;

function named(service: Service): string {
  return `Service/${service.key}`;
}

function annotation({ annotations }: Service, name: string): string {
  const text = annotations[name];
  return `annotation ${name} is ${text === undefined ? "not set" : quote(text)}`;
}

function listed(texts: readonly string[]): string {
  return texts.length === 0 ? "is empty" : [...new Set(texts)].sort(compareText).join(", ");
}
