// The machines of the rack and their cables: network namespaces, veth pairs and a bridge as the switch.
import type { Port } from "../../test/support/netns.ts";
import { addBridge, addNetns, connect, plug, runIn, sysctl } from "../../test/support/netns.ts";
import type { LabState } from "./state.ts";
import {
  clientAddresses,
  controlPlaneAddresses,
  nodeAddresses,
  nodeNames,
  podCidrsOf,
  torAddresses,
  withLength,
} from "./layout.ts";
import type { Addresses, NodeName } from "./layout.ts";

/** Namespace of a machine, as `ip netns exec` wants it. */
export function netnsOf(prefix: string, machine: NodeName | "tor" | "client" | "kube" | "switch"): string {
  return `${prefix}-${machine}`;
}

const forwarding = { "net.ipv4.ip_forward": 1, "net.ipv6.conf.all.forwarding": 1 };
/** Answers may leave by another way than the question came. */
const anyPath = { "net.ipv4.conf.all.rp_filter": 0, "net.ipv4.conf.default.rp_filter": 0 };
/** By addresses and ports; the default looks at addresses only and would send one client to one node. */
const hashByFlow = { "net.ipv4.fib_multipath_hash_policy": 1, "net.ipv6.fib_multipath_hash_policy": 1 };

/** Makes all machines and connects them; the control plane's only when there is one. */
export async function buildNetwork(state: LabState, withControlPlane: boolean): Promise<void> {
  const { prefix } = state;
  const netns = (machine: Parameters<typeof netnsOf>[1]) => netnsOf(prefix, machine);
  const machines = [
    "switch",
    "tor",
    "client",
    ...nodeNames,
    ...(withControlPlane ? ["kube" as const] : []),
  ] as const;
  for (const machine of machines) {
    state.addNamespace(netns(machine));
    await addNetns(netns(machine));
  }
  const bridge: Port = { netns: netns("switch"), name: "rack", addresses: [] };
  await addBridge(bridge);

  await sysctl(netns("tor"), { ...forwarding, ...anyPath, ...hashByFlow });
  await plug(bridge, { netns: netns("tor"), name: "rack", addresses: withLength(torAddresses.rack) }, "tor");
  await connect(
    { netns: netns("tor"), name: "outside", addresses: withLength(torAddresses.outside) },
    { netns: netns("client"), name: "eth0", addresses: withLength(clientAddresses) },
  );
  await defaultRoute(netns("client"), torAddresses.outside);

  for (const node of nodeNames) {
    await sysctl(netns(node), { ...forwarding, ...anyPath });
    const addresses = withLength(nodeAddresses[node]);
    await plug(bridge, { netns: netns(node), name: "eth0", addresses }, node);
    await defaultRoute(netns(node), torAddresses.rack);
  }
  for (const node of nodeNames) await routesToPods(netns(node), node);

  if (withControlPlane) {
    const addresses = withLength(controlPlaneAddresses);
    await plug(bridge, { netns: netns("kube"), name: "eth0", addresses }, "kube");
    await defaultRoute(netns("kube"), torAddresses.rack);
  }
}

async function defaultRoute(netns: string, via: Addresses): Promise<void> {
  await runIn(netns, "ip", "route", "add", "default", "via", via.ipv4);
  await runIn(netns, "ip", "-6", "route", "add", "default", "via", via.ipv6);
}

/** What a network plugin would do: the pods of the other nodes are behind those nodes. */
async function routesToPods(netns: string, node: NodeName): Promise<void> {
  for (const other of nodeNames.filter((each) => each !== node)) {
    const cidrs = podCidrsOf(other);
    await runIn(netns, "ip", "route", "add", cidrs.ipv4, "via", nodeAddresses[other].ipv4);
    await runIn(netns, "ip", "-6", "route", "add", cidrs.ipv6, "via", nodeAddresses[other].ipv6);
  }
}
