// Pods as processes: each listens on its pod address, which is on the loopback of its node.
import { join } from "node:path";
import type { Daemon } from "../../test/support/daemon.ts";
import { runIn } from "../../test/support/netns.ts";
import { netnsOf } from "./network.ts";
import { podAddresses } from "./layout.ts";
import type { Addresses, NodeName } from "./layout.ts";
import { projectRoot } from "../../test/support/paths.ts";
import type { LabState } from "./state.ts";

export interface RunningPod {
  readonly name: string;
  readonly node: NodeName;
  readonly port: number;
  readonly addresses: Addresses;
  readonly daemon: Daemon;
}

/** First host part of pod addresses on a node. */
const firstHost = 10;

export class Pods {
  readonly #state: LabState;
  readonly #pods = new Map<string, RunningPod>();

  constructor(state: LabState) {
    this.#state = state;
  }

  /** The addresses that the next pod on that node gets. */
  freeAddresses(node: NodeName): Addresses {
    const taken = new Set([...this.#pods.values()].map((pod) => pod.addresses.ipv4));
    for (let host = firstHost; ; host++) {
      const addresses = podAddresses(node, host);
      if (!taken.has(addresses.ipv4)) return addresses;
    }
  }

  get(name: string): RunningPod | undefined {
    return this.#pods.get(name);
  }

  /** Starts a pod unless it runs as described; one of that name elsewhere ends first. */
  async ensure(name: string, node: NodeName, port: number, wanted?: Addresses): Promise<RunningPod> {
    const running = this.#pods.get(name);
    const addresses = wanted ?? (running?.node === node ? running.addresses : this.freeAddresses(node));
    if (
      running?.node === node &&
      running.port === port &&
      running.addresses.ipv4 === addresses.ipv4 &&
      running.daemon.running
    )
      return running;
    await this.end(name);
    const netns = netnsOf(this.#state.prefix, node);
    await runIn(netns, "ip", "address", "add", `${addresses.ipv4}/32`, "dev", "lo");
    await runIn(netns, "ip", "address", "add", `${addresses.ipv6}/128`, "dev", "lo", "nodad");
    const script = join(projectRoot, "lab/pod.mjs");
    const argv = [process.execPath, script, name, node, `${port}`, addresses.ipv4, addresses.ipv6];
    const daemon = this.#state.start(`pod-${name}`, argv, { netns });
    const pod = { name, node, port, addresses, daemon };
    this.#pods.set(name, pod);
    return pod;
  }

  async end(name: string): Promise<void> {
    const pod = this.#pods.get(name);
    if (pod === undefined) return;
    this.#pods.delete(name);
    await pod.daemon.stop();
    const netns = netnsOf(this.#state.prefix, pod.node);
    await runIn(netns, "ip", "address", "delete", `${pod.addresses.ipv4}/32`, "dev", "lo");
    await runIn(netns, "ip", "address", "delete", `${pod.addresses.ipv6}/128`, "dev", "lo");
  }
}
