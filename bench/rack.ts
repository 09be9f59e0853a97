// From an API event to the route in the ToR's kernel, and from the agent's start to all routes, for clusters of several
// sizes: a real API server, a BIRD ToR. Figures depend on the machine; the ratios within one run are what counts.
import { join } from "node:path";
import { nodeNames } from "../lab/rack/layout.ts";
import type { NodeName } from "../lab/rack/layout.ts";
import { netnsOf } from "../lab/rack/network.ts";
import { startRack } from "../lab/rack/rack.ts";
import type { Rack, RackNode } from "../lab/rack/rack.ts";
import type { EngineName } from "../lab/rack/speaker.ts";
import { runIn } from "../test/support/netns.ts";
import { projectRoot } from "../test/support/paths.ts";
import { until } from "../test/support/until.ts";
import { KernelWatch } from "./kernel-watch.ts";
import { numbered } from "./objects.ts";
import { memoryOf, startTimes } from "./process-cost.ts";
import type { Memory } from "./process-cost.ts";
import { measureRecovery } from "./recovery.ts";
import type { ProbeSamples, ProbeTask } from "./probe.ts";
import type { EngineRecovery } from "./tables.ts";
import { latencyTable, processTable, sizesTable } from "./tables.ts";

/** Flipped in turn; with the rounds, 200 flips at every size. */
const flipped = 10;
const rounds = 10;

export interface SizeFigures {
  readonly engine: EngineName;
  readonly services: number;
  readonly samples: ProbeSamples;
  /** From the start of the process until the last route is in the ToR's kernel. */
  readonly coldStartMs: number;
  readonly memory: Memory;
}

/**
 * @param sizes numbers of services, at least as many as are flipped
 * @param engines each by its node, one after the other
 */
export async function benchRack(sizes: readonly number[], engines: readonly EngineName[]): Promise<void> {
  const prefix = `bench${process.pid}`;
  const say = (step: string) => console.log(`· ${step}`);
  const rack = await startRack({
    prefix,
    tor: "bird",
    engine: "mixed",
    cluster: "kubernetes",
    agents: false,
    proxies: false,
    apiServerFlags: { "service-node-port-range": "1024-65535" },
    say,
  });
  const kernel = await KernelWatch.start(netnsOf(prefix, "tor"));
  const nodes = rack.nodes.filter(({ speaker }) => engines.includes(speaker.engine));
  try {
    const figures: SizeFigures[] = [];
    let created = 0;
    for (const size of sizes) {
      say(`${size} services`);
      const startedAtMs = performance.now();
      const more = { type: "NodePort", from: created, to: size, slices: 1 } as const;
      await probe(rack, { t: "create", ...common(rack, "n1"), ...more });
      created = size;
      say(`created in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`);
      for (const node of nodes) {
        say(`${node.speaker.program}: cold start, flips`);
        const figure = await measureSize(rack, node, kernel, size);
        figures.push(figure);
        console.log(`\n${latencyTable(figure)}`);
      }
    }
    const recoveries: EngineRecovery[] = [];
    for (const node of nodes) {
      const { engine } = node.speaker;
      say(`${node.speaker.program} is killed, and started again`);
      await startAgent(rack, node);
      await node.agent.ready();
      recoveries.push({ engine, ...(await measureRecovery(node)) });
    }
    console.log(sizesTable(figures));
    console.log(processTable(await startTimes(10), recoveries));
  } finally {
    kernel.stop();
    await rack.down();
  }
}

/** Alone: what the others announced is gone. @returns when, by performance.now(). */
async function startAgent(rack: Rack, { agent }: RackNode): Promise<number> {
  for (const other of rack.nodes) await other.agent.stop();
  const empty = async () => (await rack.tor.allRoutes("ipv4")).size === 0;
  await until("the ToR has no route left", empty, { timeoutMs: 30_000 });
  const startedAtMs = performance.now();
  agent.start("--log-level", "info", "--shutdown", "withdraw");
  return startedAtMs;
}

async function measureSize(
  rack: Rack,
  node: RackNode,
  kernel: KernelWatch,
  size: number,
): Promise<SizeFigures> {
  const { agent, speaker } = node;
  const addresses = Array.from({ length: size }, (_, index) => numbered(index).clusterIP);
  const all = kernel.all(new Set(addresses));
  const startedAtMs = await startAgent(rack, node);
  const coldStartMs = (await all) - startedAtMs;
  await agent.ready();
  const samples = JSON.parse(
    await probe(rack, {
      t: "flip",
      ...common(rack, node.name),
      agentPid: agent.pid,
      torNetns: netnsOf(rack.prefix, "tor"),
      rounds,
      services: flipped,
      gobgpd: speaker.engine === "gobgp" ? speaker.socket : null,
    }),
  ) as ProbeSamples;
  return { engine: speaker.engine, services: size, samples, coldStartMs, memory: memoryOf(agent.pid) };
}

function common(rack: Rack, node: NodeName) {
  if (rack.controlPlane === null) throw new Error("the bench needs a real API server");
  const others = nodeNames.filter((name) => name !== node);
  return { kubeconfig: rack.controlPlane.kubeconfig, node, others };
}

function probe(rack: Rack, task: ProbeTask): Promise<string> {
  const argv = [process.execPath, join(projectRoot, "dist/probe.mjs"), JSON.stringify(task)];
  return runIn(netnsOf(rack.prefix, "kube"), ...argv);
}
