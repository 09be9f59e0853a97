// The machines of the rack and their cables: network namespaces, veth pairs and two bridges as the switches.
import { join } from "node:path";
import { families } from "../../agent/model/family.ts";
import type { Port } from "../../test/support/netns.ts";
import { addBridge, addNetns, plug, runIn, sysctl } from "../../test/support/netns.ts";
import { projectRoot } from "../../test/support/paths.ts";
import type { LabState } from "./state.ts";
import {
  clientAddresses,
  controlPlaneAddresses,
  nodeAddresses,
  nodeNames,
  podCidrsOf,
  sides,
  torAddresses,
  withLength,
} from "./layout.ts";
import type { Addresses, NodeName, Side, TorName } from "./layout.ts";

export type Machine = NodeName | TorName | "client" | "kube" | "switch";

/** Namespace of a machine, as `ip netns exec` wants it. */
export function netnsOf(prefix: string, machine: Machine): string {
  return `${prefix}-${machine}`;
}

const forwarding = { "net.ipv4.ip_forward": 1, "net.ipv6.conf.all.forwarding": 1 };
/** Answers may leave by another way than the question came. */
const anyPath = { "net.ipv4.conf.all.rp_filter": 0, "net.ipv4.conf.default.rp_filter": 0 };
/** A cable that is pulled and plugged in again finds its machine as it was. */
const keepAddresses = { "net.ipv6.conf.all.keep_addr_on_down": 1 };
/** Beside two ToRs: both get connections of one client. */
const hashByFlow = { "net.ipv4.fib_multipath_hash_policy": 1, "net.ipv6.fib_multipath_hash_policy": 1 };

/** A machine with one cable, whose way out is over the ToRs. */
interface Host {
  readonly machine: Machine;
  readonly side: Side;
  readonly addresses: Addresses;
}

const client: Host = { machine: "client", side: "outside", addresses: clientAddresses };
const controlPlane: Host = { machine: "kube", side: "rack", addresses: controlPlaneAddresses };
const nodes = nodeNames.map((node): Host => {
  return { machine: node, side: "rack", addresses: nodeAddresses[node] };
});

/** Makes all machines and connects them; the control plane's only when there is one. */
export async function buildNetwork(
  state: LabState,
  tors: readonly TorName[],
  withControlPlane: boolean,
): Promise<void> {
  const netns = (machine: Machine) => netnsOf(state.prefix, machine);
  const hosts = [client, ...nodes, ...(withControlPlane ? [controlPlane] : [])];
  for (const machine of ["switch", ...tors, ...hosts.map(({ machine }) => machine)] as const) {
    state.addNamespace(netns(machine));
    await addNetns(netns(machine));
  }
  const bridge = (side: Side): Port => ({ netns: netns("switch"), name: side, addresses: [] });
  for (const side of sides) await addBridge(bridge(side));

  const routing = join(projectRoot, "docs/guides/tor/sysctl.conf");
  for (const tor of tors) {
    await sysctl(netns(tor), { ...anyPath, ...keepAddresses });
    await runIn(netns(tor), "sysctl", "-qp", routing);
    for (const side of sides) {
      const addresses = withLength(torAddresses[tor][side]);
      await plug(bridge(side), { netns: netns(tor), name: side, addresses }, `${tor}-${side}`);
    }
  }
  for (const { machine, side, addresses } of hosts) {
    await sysctl(netns(machine), { ...(side === "rack" && forwarding), ...anyPath, ...hashByFlow });
    const port = { netns: netns(machine), name: "eth0", addresses: withLength(addresses) };
    await plug(bridge(side), port, machine);
    await defaultRoute(netns(machine), side, tors);
  }
  for (const node of nodeNames) await routesToPods(netns(node), node);
}

/** Sends what the client asks over these ToRs only, as the routers in between would. */
export async function sendClientOver(prefix: string, tors: readonly TorName[]): Promise<void> {
  await defaultRoute(netnsOf(prefix, client.machine), client.side, tors);
}

/** Sends what the nodes answer over these ToRs only, as a gateway address that moves between ToRs would. */
export async function sendNodesOver(prefix: string, tors: readonly TorName[]): Promise<void> {
  for (const { machine, side } of nodes) await defaultRoute(netnsOf(prefix, machine), side, tors);
}

async function defaultRoute(netns: string, side: Side, tors: readonly TorName[]): Promise<void> {
  for (const family of families) {
    const nextHops = tors.flatMap((tor) => ["nexthop", "via", torAddresses[tor][side][family]]);
    await runIn(netns, "ip", ipFlag[family], "route", "replace", "default", ...nextHops);
  }
}

const ipFlag = { ipv4: "-4", ipv6: "-6" } as const;

/** What a network plugin would do: the pods of the other nodes are behind those nodes. */
async function routesToPods(netns: string, node: NodeName): Promise<void> {
  for (const other of nodeNames.filter((each) => each !== node)) {
    const cidrs = podCidrsOf(other);
    for (const family of families)
      await runIn(
        netns,
        "ip",
        ipFlag[family],
        "route",
        "add",
        cidrs[family],
        "via",
        nodeAddresses[other][family],
      );
  }
}
