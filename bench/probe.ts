// The part of the bench that runs inside the rack, where the API server is: fills the cluster; or flips endpoints and
// takes the time until the route is in the ToR's kernel, beside a plain watch client and a bare AddPath. Prints JSON.
import { keepYoungGenerationSmall } from "../agent/cli/young-generation.ts";
import { parseAddress } from "../agent/model/address.ts";
import type { Address } from "../agent/model/address.ts";
import { silentLog } from "../agent/model/log.ts";
import { hostPrefix } from "../agent/model/prefix.ts";
import { systemClock } from "../agent/time/clock.ts";
import { kubernetesSource } from "../agent/watch/api/source.ts";
import { Cluster } from "../agent/watch/cluster.ts";
import { WatchHealth } from "../agent/watch/health.ts";
import { until } from "../test/support/until.ts";
import { ApiClient } from "./api-client.ts";
import { BareGobgp } from "./engines/bare-gobgp.ts";
import { KernelWatch } from "./kernel-watch.ts";
import { localService, numbered, sliceOf } from "./objects.ts";
import { memoryOf, processorSeconds } from "./process-cost.ts";
import type { Memory } from "./process-cost.ts";

/** What the probe is told, as one argument in JSON. */
export type ProbeTask = CreateTask | SyncTask | FlipTask;

/** Creates the numbered services from `from` up to `to`, each with its slices. */
export interface CreateTask {
  readonly t: "create";
  readonly kubeconfig: string;
  /** Where the endpoints are: on each of these nodes one, the first slice's ready. */
  readonly node: string;
  readonly others?: readonly string[];
  readonly type: "NodePort" | "ClusterIP";
  readonly from: number;
  readonly to: number;
  readonly slices: number;
}

/** Makes a picture of the whole cluster. */
export interface SyncTask {
  readonly t: "sync";
  readonly kubeconfig: string;
}

export interface SyncSample {
  /** From the start of the source until services and slices are there. */
  readonly syncedMs: number;
  /** Processor time for that. */
  readonly seconds: number;
  readonly memory: Memory;
  /** Before anything was watched. */
  readonly idle: Memory;
}

/** Flips the endpoints of the first numbered services, which are ready. */
export interface FlipTask {
  readonly t: "flip";
  readonly kubeconfig: string;
  readonly agentPid: number;
  readonly torNetns: string;
  readonly rounds: number;
  /** How many services, flipped one after the other. */
  readonly services: number;
  readonly node: string;
  readonly others: readonly string[];
  /** Socket of the agent's gobgpd, to be told of routes beside the agent; null: it is another speaker. */
  readonly gobgpd: string | null;
}

/** Samples in ms. */
export interface ProbeSamples {
  readonly bellman: Flips;
  /** The same changes, as a plain watch client saw them. */
  readonly watch: Flips;
  /** On the same gobgpd; null: it is another speaker. */
  readonly addPath: Flips | null;
  /** Processor time of the agent for the flips. */
  readonly agentSeconds: number;
}

export interface Flips {
  readonly add: number[];
  readonly withdraw: number[];
}

const sliceCollection = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
const task = JSON.parse(process.argv[2] ?? "") as ProbeTask;
if (task.t === "create") await create(task);
else if (task.t === "sync") process.stdout.write(`${JSON.stringify(await sync(task))}\n`);
else {
  const kernel = await KernelWatch.start(task.torNetns);
  const samples: ProbeSamples = {
    ...(await measureAgent(task, kernel)),
    addPath: task.gobgpd === null ? null : await measureAddPath(task, task.gobgpd, kernel),
  };
  kernel.stop();
  process.stdout.write(`${JSON.stringify(samples)}\n`);
}

/** The API server works on several at a time; more would only wait there. */
async function create({ kubeconfig, node, others, type, from, to, slices }: CreateTask): Promise<void> {
  const api = new ApiClient(kubeconfig);
  let next = from;
  const worker = async () => {
    while (next < to) {
      const index = next++;
      await api.create("/api/v1/namespaces/default/services", localService(index, type));
      for (let part = 0; part < slices; part++)
        await api.create(sliceCollection, sliceOf(index, part, node, part === 0, others));
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  api.close();
}

async function sync({ kubeconfig }: SyncTask): Promise<SyncSample> {
  keepYoungGenerationSmall();
  const idle = memoryOf(process.pid);
  const secondsBefore = processorSeconds(process.pid);
  const abort = new AbortController();
  const cluster = new Cluster();
  const clock = systemClock;
  const observer = new WatchHealth(clock, silentLog, { event: () => undefined, relist: () => undefined });
  const source = kubernetesSource({ kubeconfig, nodeName: "n1", clock, random: Math.random, log: silentLog });
  const startedAtMs = performance.now();
  const running = source.run(cluster, observer, abort.signal);
  // Kinds whose CRD is not there are looked for twice, with a pause in between.
  const there = () => !cluster.unsynced.has("Service") && !cluster.unsynced.has("EndpointSlice");
  await until("services and slices are there", there, { timeoutMs: 60_000, everyMs: 5 });
  const syncedMs = performance.now() - startedAtMs;
  const seconds = processorSeconds(process.pid) - secondsBefore;
  const memory = memoryOf(process.pid);
  abort.abort();
  await running;
  return { syncedMs, seconds, memory, idle };
}

async function measureAgent(
  task: FlipTask,
  kernel: KernelWatch,
): Promise<Pick<ProbeSamples, "bellman" | "watch" | "agentSeconds">> {
  const api = new ApiClient(task.kubeconfig);
  const bellman: Flips = { add: [], withdraw: [] };
  const watch: Flips = { add: [], withdraw: [] };
  let waiting: { readonly slice: string; readonly resolve: (atMs: number) => void } | null = null;
  const stop = await api.watch(sliceCollection, (name, atMs) => {
    if (waiting?.slice === name) waiting.resolve(atMs);
  });
  const flip = async (index: number, ready: boolean) => {
    const { metadata, endpoints } = sliceOf(index, 0, task.node, ready, task.others);
    const seen = new Promise<number>((resolve) => {
      waiting = { slice: metadata.name, resolve };
    });
    const changed = kernel.next(numbered(index).clusterIP, ready ? "set" : "deleted");
    const sentAtMs = await api.patch(`${sliceCollection}/${metadata.name}`, { endpoints });
    const kind = ready ? "add" : "withdraw";
    watch[kind].push((await seen) - sentAtMs);
    bellman[kind].push((await changed) - sentAtMs);
  };
  const before = processorSeconds(task.agentPid);
  for (let round = 0; round < task.rounds; round++)
    for (let index = 0; index < task.services; index++) {
      await flip(index, false);
      await flip(index, true);
    }
  const agentSeconds = processorSeconds(task.agentPid) - before;
  stop();
  api.close();
  return { bellman, watch, agentSeconds };
}

/** Too short for the agent to find them and take them out. */
async function measureAddPath(task: FlipTask, socket: string, kernel: KernelWatch): Promise<Flips> {
  const bare = new BareGobgp(socket);
  const flips: Flips = { add: [], withdraw: [] };
  for (let round = 0; round < task.rounds * task.services; round++) {
    // In the range that the ToR takes routes from, and beyond all services.
    const address = `10.49.250.${round % 250}`;
    const prefixes = [hostPrefix(parse(address))];
    for (const kind of ["add", "withdraw"] as const) {
      const changed = kernel.next(address, kind === "add" ? "set" : "deleted");
      const calledAtMs = performance.now();
      await (kind === "add" ? bare.announce(prefixes) : bare.withdraw(prefixes));
      flips[kind].push((await changed) - calledAtMs);
    }
  }
  bare.close();
  return flips;
}

function parse(text: string): Address {
  const address = parseAddress(text);
  if (address === null) throw new Error(`no address: ${text}`);
  return address;
}
