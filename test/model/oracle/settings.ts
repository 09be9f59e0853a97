// The agent's settings that a history is played with.

export interface Settings {
  readonly excludeLabel: "kubernetes" | "calico" | "ignore";
  readonly terminating: "deprefer" | "keep" | "withdraw";
  /** Key of a taint that drains the node, whatever its value and effect. */
  readonly drainTaint: string | null;
  /** The class of load balancers that is ours; null: any. */
  readonly loadBalancerClass: string | null;
  readonly podCidrs: "off" | "node";
  /** CALICO_ADVERTISE_CLUSTER_IPS; null: not set. */
  readonly clusterIPs: string | null;
}
