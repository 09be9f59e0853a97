// The measuring part, run inside the rack where the API server is: flips endpoints and takes the time until the route
// is in the ToR's kernel, beside a plain watch client and a bare AddPath. Prints samples in ms as JSON.
import type { BgpInstance, EngineLink } from "../agent/engine/contract.ts";
import { gobgpEngine } from "../agent/engine/gobgp/engine.ts";
import { parseAddress } from "../agent/model/address.ts";
import type { Address } from "../agent/model/address.ts";
import { defaultAsn } from "../agent/model/asn.ts";
import { hostPrefix } from "../agent/model/prefix.ts";
import { plainRoute } from "../agent/model/route.ts";
import { ApiClient } from "./api-client.ts";
import { KernelWatch } from "./kernel-watch.ts";

/** What the probe is told, as one argument in JSON. */
export interface ProbeTask {
  readonly kubeconfig: string;
  readonly torNetns: string;
  readonly rounds: number;
  /** Flipped one after the other. */
  readonly services: readonly {
    readonly slice: string;
    readonly address: string;
    readonly endpoint: string;
  }[];
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
}

export interface Flips {
  readonly add: number[];
  readonly withdraw: number[];
}

const task = JSON.parse(process.argv[2] ?? "") as ProbeTask;
const kernel = await KernelWatch.start(task.torNetns);
const samples: ProbeSamples = { ...(await measureAgent()), addPath: await measureAddPath() };
kernel.stop();
process.stdout.write(`${JSON.stringify(samples)}\n`);

async function measureAgent(): Promise<Pick<ProbeSamples, "bellman" | "watch">> {
  const api = new ApiClient(task.kubeconfig);
  const bellman: Flips = { add: [], withdraw: [] };
  const watch: Flips = { add: [], withdraw: [] };
  const collection = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
  let waiting: { readonly slice: string; readonly resolve: (atMs: number) => void } | null = null;
  const stop = await api.watch(collection, (name, atMs) => {
    if (waiting?.slice === name) waiting.resolve(atMs);
  });
  const flip = async (slice: string, address: string, endpoint: string, ready: boolean) => {
    const seen = new Promise<number>((resolve) => {
      waiting = { slice, resolve };
    });
    const changed = kernel.next(address, ready ? "set" : "deleted");
    const conditions = { ready, serving: ready, terminating: false };
    const endpoints = [{ addresses: [endpoint], nodeName: task.node, conditions }];
    const sentAtMs = await api.patch(`${collection}/${slice}`, { endpoints });
    const kind = ready ? "add" : "withdraw";
    watch[kind].push((await seen) - sentAtMs);
    bellman[kind].push((await changed) - sentAtMs);
  };
  for (let round = 0; round < task.rounds; round++)
    for (const { slice, address, endpoint } of task.services) {
      await flip(slice, address, endpoint, true);
      await flip(slice, address, endpoint, false);
    }
  stop();
  api.close();
  return { bellman, watch };
}

async function measureAddPath(): Promise<Flips> {
  const link = await openBare();
  const flips: Flips = { add: [], withdraw: [] };
  for (let round = 0; round < task.rounds * task.services.length; round++) {
    const address = `192.0.2.${round % 250}`;
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
async function openBare(): Promise<EngineLink> {
  const { speaker, routerId, tor } = task.bare;
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
    holdTimeSeconds: 9,
    keepaliveSeconds: 3,
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
