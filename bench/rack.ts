// From an API event to the route in the ToR's kernel, and from the agent's start to all routes, for clusters of several
// sizes: a real API server, a BIRD ToR. Figures depend on the machine; the ratios within one run are what counts.
import { join } from "node:path";
import { nodeAddresses, torAddresses } from "../lab/rack/layout.ts";
import { netnsOf } from "../lab/rack/network.ts";
import { startRack } from "../lab/rack/rack.ts";
import type { Rack } from "../lab/rack/rack.ts";
import { runIn } from "../test/support/netns.ts";
import { projectRoot } from "../test/support/paths.ts";
import { until } from "../test/support/until.ts";
import { KernelWatch } from "./kernel-watch.ts";
import { numbered } from "./objects.ts";
import { memoryOf, startTimes } from "./process-cost.ts";
import type { Memory } from "./process-cost.ts";
import { measureRecovery } from "./recovery.ts";
import type { ProbeSamples, ProbeTask } from "./probe.ts";
import { latencyTable, processTable, sizesTable } from "./tables.ts";

/** Flipped in turn; with the rounds, 200 flips at every size. */
const flipped = 10;
const rounds = 10;

export interface SizeFigures {
  readonly services: number;
  readonly samples: ProbeSamples;
  /** From the start of the process until the last route is in the ToR's kernel. */
  readonly coldStartMs: number;
  readonly memory: Memory;
}

/** @param sizes numbers of services, at least as many as are flipped. */
export async function benchRack(sizes: readonly number[]): Promise<void> {
  const prefix = `bench${process.pid}`;
  const say = (step: string) => console.log(`· ${step}`);
  const rack = await startRack({
    prefix,
    tor: "bird",
    cluster: "kubernetes",
    agents: false,
    proxies: false,
    apiServerFlags: { "service-node-port-range": "1024-65535" },
    say,
  });
  const kernel = await KernelWatch.start(netnsOf(prefix, "tor"));
  try {
    const figures: SizeFigures[] = [];
    for (const size of sizes) {
      const from = figures.at(-1)?.services ?? 0;
      say(`${size} services`);
      const startedAtMs = performance.now();
      await probe(rack, { t: "create", ...common(rack), type: "NodePort", from, to: size, slices: 1 });
      say(`created in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s; cold start, flips`);
      const figure = await measureSize(rack, kernel, size);
      figures.push(figure);
      console.log(`\n${latencyTable(figure)}`);
    }
    const recovery = await measureRecovery(rack);
    console.log(sizesTable(figures));
    console.log(processTable(await startTimes(10), recovery));
  } finally {
    kernel.stop();
    await rack.down();
  }
}

async function measureSize(rack: Rack, kernel: KernelWatch, size: number): Promise<SizeFigures> {
  const { agent } = rack.node("n1");
  if (agent.running) {
    await agent.stop();
    await until("the ToR has no route left", async () => (await rack.tor.allRoutes("ipv4")).size === 0);
  }
  const addresses = Array.from({ length: size }, (_, index) => numbered(index).clusterIP);
  const all = kernel.all(new Set(addresses));
  const startedAtMs = performance.now();
  agent.start("--log-level", "info", "--shutdown", "withdraw");
  const coldStartMs = (await all) - startedAtMs;
  await agent.ready();
  const samples = JSON.parse(
    await probe(rack, {
      t: "flip",
      ...common(rack),
      agentPid: agent.pid,
      torNetns: netnsOf(rack.prefix, "tor"),
      rounds,
      services: flipped,
      bare: {
        speaker: `unix://${rack.node("n2").speaker.socket}`,
        routerId: nodeAddresses.n2.ipv4,
        tor: torAddresses.tor.rack.ipv4,
      },
    }),
  ) as ProbeSamples;
  return { services: size, samples, coldStartMs, memory: memoryOf(agent.pid) };
}

function common(rack: Rack): { readonly kubeconfig: string; readonly node: string } {
  if (rack.controlPlane === null) throw new Error("the bench needs a real API server");
  return { kubeconfig: rack.controlPlane.kubeconfig, node: "n1" };
}

function probe(rack: Rack, task: ProbeTask): Promise<string> {
  const argv = [process.execPath, join(projectRoot, "dist/probe.mjs"), JSON.stringify(task)];
  return runIn(netnsOf(rack.prefix, "kube"), ...argv);
}
