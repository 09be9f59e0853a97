// `npm run bench -- sync`: how soon a picture of 10,000 services and 20,000 slices is complete, and what it takes in
// memory, from a real API server on loopback; no root needed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { table } from "../agent/cli/table.ts";
import { run } from "../test/support/netns.ts";
import { projectRoot } from "../test/support/paths.ts";
import { startControlPlane } from "../test/support/control-plane.ts";
import { measureReturn } from "./return.ts";
import type { ProbeTask, SyncSample } from "./probe.ts";

const services = 10_000;
const slicesPerService = 2;
const trials = 3;

export async function benchSync(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "bellman-bench-"));
  console.log(`· a control plane, ${services} services, ${services * slicesPerService} slices`);
  const plane = await startControlPlane({ dir, serviceCidrs: ["10.49.0.0/16"] });
  const { kubeconfig } = plane;
  try {
    const what = { type: "ClusterIP", node: "n1", from: 0, to: services, slices: slicesPerService } as const;
    await probe({ t: "create", kubeconfig, ...what });
    const rows: string[][] = [];
    for (const by of ["stream", "pages"] as const) {
      if (by === "pages") {
        await plane.killApiServer();
        await plane.startApiServer({ "feature-gates": "WatchList=false" });
      }
      for (let trial = 0; trial < trials; trial++) {
        const sample = JSON.parse(await probe({ t: "sync", kubeconfig })) as SyncSample;
        const { syncedMs, seconds, memory, idle } = sample;
        const megabytes = [memory.peak, memory.resident, idle.resident].map((value) => value.toFixed(0));
        rows.push([by, syncedMs.toFixed(0), seconds.toFixed(2), ...megabytes]);
      }
    }
    console.log("· the API server goes away for a minute");
    const returnMs = await measureReturn(plane, services);
    console.log(`\n${table(["BY", "SYNCED ms", "CPU s", "PEAK MB", "RSS MB", "BEFORE MB"], rows)}`);
    console.log(`API server ready again → first change seen: ${returnMs.toFixed(0)} ms`);
  } finally {
    await plane.stop();
    rmSync(dir, { recursive: true });
  }
}

function probe(task: ProbeTask): Promise<string> {
  return run(process.execPath, join(projectRoot, "dist/probe.mjs"), JSON.stringify(task));
}
