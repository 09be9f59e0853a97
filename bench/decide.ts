// `npm run bench -- decide`: what deciding costs, without API or speaker: all services from scratch, one changed slice,
// other events, and the memory that the picture takes.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { table } from "../agent/cli/table.ts";
import { systemClock } from "../agent/time/clock.ts";
import { DirtySet, everything } from "../agent/reconcile/dirty-set.ts";
import { Cluster } from "../agent/watch/cluster.ts";
import { benchEvents } from "./events.ts";
import { sliceOf } from "./objects.ts";
import { decoded, desiredOf, fill, slicesPerService } from "./picture.ts";
import { summarise } from "./statistics.ts";

const scratchTrials = 15;
const changes = 4000;

interface DecideFigures {
  readonly services: number;
  readonly pictureMegabytes: number;
  /** Deciding every service, p50. */
  readonly decideMs: number;
  /** The same and the whole plan, sorted, as people see it. */
  readonly planMs: number;
  /** One slice that changes, from the event in the picture to the routes concerned, p50. */
  readonly changeMs: number;
}

export function benchDecide(): void {
  const figures = [1_000, 10_000, 50_000].map(measure);
  const small = figures.find(({ services }) => services === 10_000);
  const rows = figures.map(({ services, pictureMegabytes, decideMs, planMs, changeMs }) => [
    String(services),
    String(services * slicesPerService),
    pictureMegabytes.toFixed(1),
    decideMs.toFixed(1),
    planMs.toFixed(1),
    changeMs.toFixed(4),
    (changeMs / (small?.changeMs ?? NaN)).toFixed(2),
  ]);
  const head = [
    "SERVICES",
    "SLICES",
    "PICTURE MB",
    "DECIDE ALL ms",
    "AND PLAN ms",
    "ONE SLICE ms",
    "× 10,000",
  ];
  console.log(table(head, rows));
  benchEvents(10_000);
}

function measure(services: number): DecideFigures {
  const dirty = new DirtySet(systemClock);
  const before = heapMegabytes();
  const cluster = new Cluster((change) => dirty.add(change));
  fill(cluster, services);
  const pictureMegabytes = heapMegabytes() - before;
  const decideMs: number[] = [];
  const planMs: number[] = [];
  for (let trial = 0; trial < scratchTrials; trial++) {
    const startedAtMs = performance.now();
    const desired = desiredOf(cluster);
    desired.refresh(everything);
    decideMs.push(performance.now() - startedAtMs);
    desired.plan();
    planMs.push(performance.now() - startedAtMs);
  }
  const desired = desiredOf(cluster);
  desired.refresh(everything);
  dirty.take();
  const changeMs: number[] = [];
  for (let index = 0; index < changes; index++) {
    const changed = (index * 7919) % services;
    const slice = decoded("EndpointSlice", sliceOf(changed, 0, "n1", index % 2 === 0));
    const startedAtMs = performance.now();
    cluster.set("EndpointSlice", slice.key, slice);
    const { touched } = desired.refresh(dirty.take());
    for (const prefix of touched) desired.route(prefix);
    changeMs.push(performance.now() - startedAtMs);
  }
  const p50 = (values: readonly number[]) => summarise(values).p50;
  return {
    services,
    pictureMegabytes,
    decideMs: p50(decideMs),
    planMs: p50(planMs),
    changeMs: p50(changeMs.slice(changes / 2)),
  };
}

/** What is alive, in MB (10⁶ bytes). */
function heapMegabytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc(); gc();");
  return process.memoryUsage().heapUsed / 1e6;
}
