// What would change an answer: one or two concrete steps for each reason.
import type { AddressSource } from "../config/node-config.ts";
import type { Reason } from "../model/reason.ts";
import type { Service } from "../model/service.ts";
import { listFields } from "./explain-facts.ts";
import { excludeLabel } from "./node-gates.ts";

interface About {
  /** null: the answer is about a CIDR, not about a service. */
  readonly service: Service | null;
  /** null: all addresses of the service share the answer. */
  readonly source: AddressSource | null;
  readonly nodeName: string;
}

type Advice = (about: About) => readonly string[];

const advice: Readonly<Record<Reason, Advice>> = {
  Aggregate: () => ["it goes when its entry leaves the BGPConfiguration, or the node stops announcing"],
  LocalEndpoints: ({ nodeName }) => [`it goes when the last ready endpoint on ${nodeName} does`],
  ClusterEndpoints: () => ["it goes when the last ready endpoint in the cluster does"],
  ExactEntry: () => [
    "it goes with its entry in the BGPConfiguration, or with the last ready endpoint in the cluster",
  ],
  Annotated: (about) => [
    `it goes without the annotation: ${annotate(about, "projectcalico.org/AdvertiseClusterIP-")}`,
  ],
  PodCidr: () => ["it goes with --pod-cidrs off"],
  Draining: ({ nodeName }) => [
    `the marks go when a ready endpoint serves again and nothing drains Node/${nodeName} (bellman drain, annotation bellman.bgp/drain, taints, deletion)`,
  ],
  NotConfigured: ({ source }) => [
    `list a CIDR that holds it: kubectl edit bgpconfiguration default, spec.${source === null ? "serviceClusterIPs" : listFields[source]}`,
  ],
  OutsideAllowList: ({ source }) => [
    `add a CIDR that holds it to spec.${source === null ? "serviceClusterIPs" : listFields[source]} of BGPConfiguration/default, or give the service another address`,
  ],
  Reserved: () => ["give the service another address: this one is never announced, whatever is configured"],
  Headless: () => [
    "a service with a cluster IP can be announced: clusterIP None cannot be changed, so make it anew",
  ],
  ExternalName: () => [
    "clients follow the name by DNS: there is nothing to announce; another type has addresses",
  ],
  NoAddress: ({ service }) =>
    service?.type === "LoadBalancer"
      ? [
          "see why no controller has given it an address: kubectl describe service, events and loadBalancerClass",
        ]
      : ["wait until the API has given it a cluster IP, or set spec.externalIPs"],
  ServiceDeleting: () => ["see what its finalizers wait for; make the service anew when it is gone"],
  IpModeProxy: () => [
    "announce the balancer, not the node: ipMode Proxy says that it ends the connections (KEP-1860)",
  ],
  HostnameOnly: () => [
    "have the load balancer's controller set an ip beside the hostname in status.loadBalancer.ingress",
  ],
  ClassMismatch: () => [
    "add the class to --load-balancer-class of the agent, or set another spec.loadBalancerClass",
  ],
  OtherProxy: () => [
    "remove the label service.kubernetes.io/service-proxy-name, if kube-proxy is to serve it",
  ],
  CoveredByAggregate: (about) => [
    "the CIDR that holds it attracts its traffic already",
    `for a route of its own from nodes with endpoints: ${localRule(about)}`,
  ],
  NoEndpoints: (about) => [`make a pod of it ready: ${describe(about)}`],
  NoLocalEndpoints: (about) => [
    `make a pod of it ready on ${about.nodeName}: ${describe(about)}`,
    "or set externalTrafficPolicy Cluster, so that the nodes pass traffic on to others' pods",
  ],
  WrongFamily: () => [
    "have its pods serve in this family too: spec.ipFamilies of the service, and addresses of both families in the pods",
  ],
  OptedOut: (about) => [`remove the annotation: ${annotate(about, "bellman.bgp/advertise-")}`],
  NodeExcluded: ({ nodeName }) => [`remove the label: kubectl label node ${nodeName} ${excludeLabel}-`],
  NodeNetworkUnavailable: ({ nodeName }) => [
    `see why the condition NetworkUnavailable is True: kubectl describe node ${nodeName} (the CNI sets it)`,
  ],
  NodeDraining: ({ nodeName }) => [
    `end the drain: bellman drain --undo on ${nodeName}; annotation bellman.bgp/drain and taints of Node/${nodeName}`,
  ],
  DataplaneNotReady: ({ nodeName }) => [
    `wait until kube-proxy on ${nodeName} serves it; see its log if that takes long`,
    "where something else serves services (Cilium without kube-proxy, say): --dataplane-gate off",
  ],
  InvalidObject: () => ["mend the fields that its problems name: bellman validate"],
  NotSynced: ({ nodeName }) => [
    `see whether Node/${nodeName} is there and is this machine: --node, --node-name`,
  ],
};

export function nextSteps(reason: Reason, about: About): readonly string[] {
  return advice[reason](about);
}

function annotate({ service }: About, what: string): string {
  const [namespace, name] = nameOf(service);
  return `kubectl annotate -n ${namespace} service ${name} ${what}`;
}

/** A ClusterIP service without external addresses has no externalTrafficPolicy. */
function localRule(about: About): string {
  const annotation = annotate(about, "bellman.bgp/advertise=local");
  if (about.service === null || about.service.type === "ClusterIP") return annotation;
  const [namespace, name] = nameOf(about.service);
  return `kubectl patch -n ${namespace} service ${name} -p '{"spec":{"externalTrafficPolicy":"Local"}}', or ${annotation}`;
}

function describe({ service }: About): string {
  const [namespace, name] = nameOf(service);
  return `kubectl get -n ${namespace} endpointslices -l kubernetes.io/service-name=${name}`;
}

function nameOf(service: Service | null): readonly [string, string] {
  const [namespace = "NAMESPACE", name = "NAME"] = service?.key.split("/") ?? [];
  return [namespace, name];
}
