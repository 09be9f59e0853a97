// Who is where in the rack: names, addresses, ranges. The manifests in lab/manifests/ tell Bellman the same.
import type { Family } from "../../agent/model/family.ts";

/** Where the agents live, and with them the Secrets of their sessions. */
export const agentNamespace = "bellman";

/** Both addresses of a machine on one cable, without prefix length. */
export type Addresses = Readonly<Record<Family, string>>;

export type NodeName = "n1" | "n2" | "n3";
export const nodeNames: readonly NodeName[] = ["n1", "n2", "n3"];

export function isNodeName(name: unknown): name is NodeName {
  return nodeNames.some((each) => each === name);
}

export const nodeAddresses: Readonly<Record<NodeName, Addresses>> = {
  n1: { ipv4: "192.168.1.10", ipv6: "fd00:192:168:1::10" },
  n2: { ipv4: "192.168.1.11", ipv6: "fd00:192:168:1::11" },
  n3: { ipv4: "192.168.1.12", ipv6: "fd00:192:168:1::12" },
};

/** The ToR, and the second one where there are two. */
export type TorName = "tor" | "tor2";
export const torNames: readonly TorName[] = ["tor", "tor2"];

/** Which way a cable of a ToR goes: to the nodes, or to the client. */
export type Side = "rack" | "outside";
export const sides: readonly Side[] = ["rack", "outside"];

export const torAddresses: Readonly<Record<TorName, Readonly<Record<Side, Addresses>>>> = {
  tor: {
    rack: { ipv4: "192.168.1.1", ipv6: "fd00:192:168:1::1" },
    outside: { ipv4: "172.16.0.1", ipv6: "fd00:172:16::1" },
  },
  tor2: {
    rack: { ipv4: "192.168.1.2", ipv6: "fd00:192:168:1::2" },
    outside: { ipv4: "172.16.0.2", ipv6: "fd00:172:16::2" },
  },
};

export const clientAddresses: Addresses = { ipv4: "172.16.0.10", ipv6: "fd00:172:16::10" };

/** The Kubernetes control plane, where there is one: a machine of the rack like the nodes. */
export const controlPlaneAddresses: Addresses = { ipv4: "192.168.1.5", ipv6: "fd00:192:168:1::5" };

export const serviceCidrs = { ipv4: "10.49.0.0/16", ipv6: "fd00:10:49::/112" } as const;
export const podCidrs = { ipv4: "10.48.0.0/16", ipv6: "fd00:10:48::/48" } as const;

/** Every cable is a /24 and a /64. */
export function withLength(addresses: Addresses): readonly string[] {
  return [`${addresses.ipv4}/24`, `${addresses.ipv6}/64`];
}

/** `n2` → 2: the third octet of its pod range. */
function nodeNumber(node: NodeName): number {
  return nodeNames.indexOf(node) + 1;
}

export function podCidrsOf(node: NodeName): Readonly<Record<Family, string>> {
  const number = nodeNumber(node);
  return { ipv4: `10.48.${number}.0/24`, ipv6: `fd00:10:48:${number}::/64` };
}

/** @param host 1…254, the same in both families. */
export function podAddresses(node: NodeName, host: number): Addresses {
  const number = nodeNumber(node);
  return { ipv4: `10.48.${number}.${host}`, ipv6: `fd00:10:48:${number}::${host}` };
}

/** Both addresses of the pod that has one of them; null: it is none of that node's pod addresses. */
export function podAddressesWith(node: NodeName, address: string): Addresses | null {
  for (let host = 1; host < 255; host++) {
    const addresses = podAddresses(node, host);
    if (addresses.ipv4 === address || addresses.ipv6 === address) return addresses;
  }
  return null;
}
