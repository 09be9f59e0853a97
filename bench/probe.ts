// The part of the bench that runs inside the rack, where the API server is: fills the cluster; or flips endpoints and
// takes the time until the route is in the ToR's kernel, beside a plain watch client and a bare AddPath. Prints JSON.
import { keepYoungGenerationSmall } from "../agent/cli/young-generation.ts";
import type { BgpInstance, EngineLink } from "../agent/engine/contract.ts";
import { gobgpEngine } from "../agent/engine/gobgp/engine.ts";
import { parseAddress } from "../agent/model/address.ts";
import type { Address } from "../agent/model/address.ts";
import { defaultAsn } from "../agent/model/asn.ts";
import { silentLog } from "../agent/model/log.ts";
import { plainSession } from "../agent/model/peer.ts";
import { hostPrefix } from "../agent/model/prefix.ts";
import { systemClock } from "../agent/time/clock.ts";
import { kubernetesSource } from "../agent/watch/api/source.ts";
import { Cluster } from "../agent/watch/cluster.ts";
import { WatchHealth } from "../agent/watch/health.ts";
import { until } from "../test/support/until.ts";
import { plainRoute } from "../agent/model/route.ts";
import { ApiClient } from "./api-client.ts";
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
  readonly node: string;
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
  /** A gobgpd that no agent uses. */
  readonly bare: { readonly speaker: string; readonly routerId: string; readonly tor: string };
}

/** Samples in ms. */
export interface ProbeSamples {
  readonly bellman: Flips;
  /** The same changes, as a plain watch client saw them. */
  readonly watch: Flips;
  readonly addPath: Flips;
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
    addPath: await measureAddPath(task, kernel),
  };
  kernel.stop();
  process.stdout.write(`${JSON.stringify(samples)}\n`);
}

/** The API server works on several at a time; more would only wait there. */
async function create({ kubeconfig, node, type, from, to, slices }: CreateTask): Promise<void> {
  const api = new ApiClient(kubeconfig);
  let next = from;
  const worker = async () => {
    while (next < to) {
      const index = next++;
      await api.create("/api/v1/namespaces/default/services", localService(index, type));
      for (let part = 0; part < slices; part++)
        await api.create(sliceCollection, sliceOf(index, part, node, part === 0));
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
    const { metadata, endpoints } = sliceOf(index, 0, task.node, ready);
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

async function measureAddPath(task: FlipTask, kernel: KernelWatch): Promise<Flips> {
  const link = await openBare(task.bare);
  const flips: Flips = { add: [], withdraw: [] };
  for (let round = 0; round < task.rounds * task.services; round++) {
    // In the range that the ToR takes routes from, and beyond all services.
    const address = `10.49.250.${round % 250}`;
    const prefix = hostPrefix(parse(address));
    const route = plainRoute(prefix);
    const change = { announce: [], withdraw: [], addPeers: [], removePeers: [] };
    const steps = [
      { kind: "add", event: "set", change: { ...change, announce: [route] } },
      { kind: "withdraw", event: "deleted", change: { ...change, withdraw: [prefix] } },
    ] as const;
    for (const { kind, event, change: step } of steps) {
      const changed = kernel.next(address, event);
      const calledAtMs = performance.now();
      await link.apply(step);
      flips[kind].push((await changed) - calledAtMs);
    }
  }
  await link.close("keep");
  return flips;
}

/** Opens the unused speaker and waits until its session carries routes. */
async function openBare({ speaker, routerId, tor }: FlipTask["bare"]): Promise<EngineLink> {
  const instance: BgpInstance = { asn: defaultAsn, routerId: parse(routerId), listenPort: 179 };
  const { promise, resolve } = deferred();
  const events = {
    lost: (error: Error) => {
      throw error;
    },
    session: ({ state }: { readonly state: string }) => {
      if (state === "established") resolve();
    },
  };
  const link = await gobgpEngine({ address: speaker }).open(instance, events, new AbortController().signal);
  const peer = {
    name: "tor",
    address: parse(tor),
    port: 179,
    asn: defaultAsn,
    localAsn: defaultAsn,
    ...plainSession,
  };
  await link.apply({ announce: [], withdraw: [], addPeers: [peer], removePeers: [] });
  await promise;
  return link;
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function parse(text: string): Address {
  const address = parseAddress(text);
  if (address === null) throw new Error(`no address: ${text}`);
  return address;
}
