// `npm run bench -- decide`: what deciding costs, without API or speaker: all services from scratch, one changed slice,
// other events, and the memory that the picture takes.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { table } from "../agent/cli/table.ts";
import { systemClock } from "../agent/time/clock.ts";
import type { Desired } from "../agent/reconcile/desired.ts";
import { DirtySet, everything } from "../agent/reconcile/dirty-set.ts";
import { Cluster } from "../agent/watch/cluster.ts";
import { benchEvents } from "./events.ts";
import { sliceOf } from "./objects.ts";
import { decoded, desiredOf, fill, slicesPerService } from "./picture.ts";
import { summarise } from "./statistics.ts";
import type { Summary } from "./statistics.ts";

const scratchTrials = 15;
/** Changes of all sizes take turns, so that what else the machine does meets all of them. */
const changeRounds = 80;
const changesPerRound = 100;

/** A picture of so many services, and what is decided on it. */
interface Picture {
  readonly services: number;
  readonly megabytes: number;
  readonly cluster: Cluster;
  readonly dirty: DirtySet;
  readonly desired: Desired;
}

interface Figures {
  /** Deciding every service, p50 in ms. */
  readonly decideMs: number;
  /** The same and the whole plan, sorted, as people see it. */
  readonly planMs: number;
}

export function benchDecide(): void {
  const sizes = [1_000, 10_000, 50_000].map((services) => {
    const picture = paint(services);
    return { picture, scratch: fromScratch(picture.cluster) };
  });
  const changes = changeTimes(sizes.map(({ picture }) => picture));
  const compared = changes[sizes.findIndex(({ picture }) => picture.services === 10_000)]?.p50 ?? NaN;
  const rows = sizes.map(({ picture: { services, megabytes }, scratch: { decideMs, planMs } }, index) => {
    const { p50, p95 } = changes[index] ?? { p50: NaN, p95: NaN };
    return [
      String(services),
      String(services * slicesPerService),
      megabytes.toFixed(1),
      decideMs.toFixed(1),
      planMs.toFixed(1),
      p50.toFixed(4),
      p95.toFixed(4),
      (p50 / compared).toFixed(2),
    ];
  });
  const head = [
    "SERVICES",
    "SLICES",
    "PICTURE MB",
    "DECIDE ALL ms",
    "AND PLAN ms",
    "ONE SLICE ms",
    "P95 ms",
    "P50 × 10,000",
  ];
  console.log(table(head, rows));
  benchEvents(10_000);
}

function paint(services: number): Picture {
  const dirty = new DirtySet(systemClock);
  const before = heapMegabytes();
  const cluster = new Cluster((change) => dirty.add(change));
  fill(cluster, services);
  const megabytes = heapMegabytes() - before;
  const desired = desiredOf(cluster);
  desired.refresh(everything);
  dirty.take();
  return { services, megabytes, cluster, dirty, desired };
}

function fromScratch(cluster: Cluster): Figures {
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
  return { decideMs: summarise(decideMs).p50, planMs: summarise(planMs).p50 };
}

/**
 * One slice that changes, from the event in the picture to the routes concerned, in ms. The first half warms up. Garbage
 * of the work before is taken away first: to collect it slows down whatever runs beside.
 */
function changeTimes(pictures: readonly Picture[]): readonly Summary[] {
  collectGarbage();
  const times: number[][] = pictures.map(() => []);
  for (let round = 0; round < changeRounds; round++)
    for (const [index, picture] of pictures.entries())
      for (let change = 0; change < changesPerRound; change++)
        times[index]?.push(changeOne(picture, round * changesPerRound + change));
  return times.map((all) => summarise(all.slice(all.length / 2)));
}

function changeOne({ services, cluster, dirty, desired }: Picture, index: number): number {
  const changed = (index * 7919) % services;
  const slice = decoded("EndpointSlice", sliceOf(changed, 0, "n1", index % 2 === 0));
  const startedAtMs = performance.now();
  cluster.set("EndpointSlice", slice.key, slice);
  for (const prefix of desired.refresh(dirty.take()).touched) desired.route(prefix);
  return performance.now() - startedAtMs;
}

/** What is alive, in MB (10⁶ bytes). */
function heapMegabytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1e6;
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc(); gc();");
}
