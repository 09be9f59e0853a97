// What many neighbours cost: 64 sessions and 10,000 routes on one node, the manifests in files, BIRD as every neighbour.
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { table } from "../agent/cli/table.ts";
import { crowdRoutes, crowdSize, servicesOf, startCrowd } from "../test/integration/agent/crowd.ts";
import { memoryOf } from "./process-cost.ts";
import { summarise } from "./statistics.ts";

const rounds = 10;
const often = { timeoutMs: 120_000, everyMs: 10 };

export async function benchCrowd(): Promise<void> {
  console.log(`· gobgpd, ${crowdSize.peers} sessions, ${crowdRoutes} routes`);
  const crowd = await startCrowd(`bm-bench${process.pid}`);
  try {
    const startedAtMs = performance.now();
    const agent = crowd.rig.agent("--dataplane-gate", "off");
    await crowd.haveAll(crowdRoutes, often);
    const completeMs = performance.now() - startedAtMs;

    const file = join(dirname(crowd.rig.manifest), "more.yaml");
    const manifests = servicesOf([200])
      .map((each) => stringify(each))
      .join("---\n");
    const changes: number[] = [];
    const timed = async (change: () => void, routes: number) => {
      const changedAtMs = performance.now();
      change();
      await crowd.haveAll(routes, often);
      changes.push(performance.now() - changedAtMs);
    };
    for (let round = 0; round < rounds; round++) {
      await timed(() => writeFileSync(file, manifests), crowdRoutes + crowdSize.addressesOfEach);
      await timed(() => rmSync(file), crowdRoutes);
    }
    const { p50, p95, count } = summarise(changes);
    const [ours, speakers] = [memoryOf(agent.pid), memoryOf(crowd.rig.gobgpd.pid)];
    const rows = [
      ["agent started → every neighbour has all routes, s", (completeMs / 1000).toFixed(1)],
      [
        `100 routes more or less in a file → at every neighbour, ms (p50/p95, n=${count})`,
        `${p50.toFixed(0)}/${p95.toFixed(0)}`,
      ],
      ["agent, MB (peak)", `${ours.resident.toFixed(0)} (${ours.peak.toFixed(0)})`],
      ["gobgpd, MB (peak)", `${speakers.resident.toFixed(0)} (${speakers.peak.toFixed(0)})`],
    ];
    console.log(`\n${table([`${crowdSize.peers} PEERS, ${crowdRoutes} ROUTES`, ""], rows)}`);
  } finally {
    await crowd.dispose();
  }
}
