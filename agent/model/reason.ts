// Why an address is announced or not: a closed list of words, the same in log, metric, API and command line.

/** Each reason with one sentence for people. */
export const announceReasons = {
  Aggregate: "the CIDR is configured and every fit node announces it",
  LocalEndpoints: "a ready endpoint of the service is on this node",
  ClusterEndpoints: "the service has a ready endpoint in the cluster",
  ExactEntry: "the address itself is an entry of the configured list",
  Annotated: "an annotation of the service asks for it",
  PodCidr: "the pod CIDR belongs to this node",
  Draining: "the route is marked and about to go",
} as const;

export const refusalReasons = {
  NotConfigured: "no list for addresses of this kind is configured",
  OutsideAllowList: "the address is in none of the configured CIDRs",
  Reserved: "the address is reserved, or the node's own",
  Headless: "a headless service has no address of its own",
  ExternalName: "an ExternalName service has no address",
  NoAddress: "the service has no address yet",
  ServiceDeleting: "the service is being deleted",
  IpModeProxy: "the load balancer ends the connection itself (ipMode Proxy)",
  HostnameOnly: "the load balancer has a host name, no address",
  ClassMismatch: "the load balancer class is not one of ours",
  OtherProxy: "another proxy serves this service (label service.kubernetes.io/service-proxy-name)",
  CoveredByAggregate: "the aggregate of the configured CIDR covers it",
  NoEndpoints: "the service has no ready endpoint",
  NoLocalEndpoints: "the service has no ready endpoint on this node",
  WrongFamily: "the ready endpoints are of the other address family",
  OptedOut: "an annotation of the service forbids it",
  NodeExcluded: "the node is excluded from external load balancers by its label",
  NodeNetworkUnavailable: "the node's network is not available",
  NodeDraining: "the node is drained",
  DataplaneNotReady: "the node's proxy does not serve the service yet",
  InvalidObject: "the object has no address that can be read",
  NotSynced: "the own Node object has not been seen",
} as const;

export type AnnounceReason = keyof typeof announceReasons;
export type RefusalReason = keyof typeof refusalReasons;
export type Reason = AnnounceReason | RefusalReason;

const sentences: Readonly<Record<Reason, string>> = { ...announceReasons, ...refusalReasons };

export function reasonSentence(reason: Reason): string {
  return sentences[reason];
}
