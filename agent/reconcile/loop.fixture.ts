// A loop between a picture that tests paint and a speaker in memory, on a clock that tests move.
import { defaults, service, slice, endpoint, node, ip } from "../decide/decide.fixture.ts";
import { MemoryEngine } from "../engine/memory/engine.ts";
import { MemorySpeaker } from "../engine/memory/speaker.ts";
import type { ConfigObject } from "../model/config-object.ts";
import type { Log } from "../model/log.ts";
import { objectKey } from "../model/service.ts";
import type { Service } from "../model/service.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { Cluster } from "../watch/cluster.ts";
import type { ProxyProbe } from "../watch/dataplane/kube-proxy.ts";
import { Desired } from "./desired.ts";
import type { DesiredOptions } from "./desired.ts";
import { DrainRequests } from "./drain-request.ts";
import { Drainer } from "./drainer.ts";
import { Gatekeeper } from "./gatekeeper.ts";
import { Loop } from "./loop.ts";
import { MemoryDrainStore } from "./drain-store.fixture.ts";
import type { ReconcileObserver } from "./observer.ts";

export const tor = ip("192.168.1.1");

/** What the loop has told its observer. */
export interface Told {
  readonly failures: string[];
  readonly repairs: number[];
  /** Outcome and seconds of each route that the dataplane gate held back. */
  readonly waits: string[];
  /** Seconds from event to apply. */
  readonly latencies: number[];
  restarts: number;
  events: number;
}

export interface World {
  readonly clock: ManualClock;
  readonly cluster: Cluster;
  readonly speaker: MemorySpeaker;
  readonly engine: MemoryEngine;
  readonly desired: Desired;
  readonly loop: Loop;
  readonly told: Told;
  readonly drainer: Drainer;
  readonly drainRequests: DrainRequests;
  readonly drainStore: MemoryDrainStore;
  /** Tells the loop to end. */
  readonly terminate: () => void;
  /** null: no dataplane gate. */
  readonly gatekeeper: Gatekeeper | null;
  /** Ends the loop and waits for it; tells whether the routes were taken back. */
  readonly stop: () => Promise<boolean>;
}

export const desiredDefaults: DesiredOptions = {
  ...defaults,
  nodeName: "n1",
  podCidrs: "off",
  routerId: null,
  listenPort: null,
};

export const drainWaitMs = 5_000;

/** Starts a loop; nothing is synced yet. */
export function startWorld(
  speaker: (clock: ManualClock) => MemorySpeaker = (clock) => new MemorySpeaker({ clock }),
  shutdown: "keep" | "withdraw" = "keep",
  lines: string[] = [],
  drainStore = new MemoryDrainStore(),
  probe: ProxyProbe | null = null,
  options: Partial<DesiredOptions> = {},
): World {
  const clock = new ManualClock(1_000_000);
  const memory = speaker(clock);
  const engine = new MemoryEngine(memory);
  const told: Told = { failures: [], repairs: [], waits: [], latencies: [], restarts: 0, events: 0 };
  const observer: ReconcileObserver = {
    eventApplied: (seconds) => {
      told.events++;
      told.latencies.push(seconds);
    },
    triggerApplied: () => undefined,
    applied: () => undefined,
    applyFailed: (code) => told.failures.push(code),
    driftRepaired: (items) => told.repairs.push(items),
    dataplaneWaited: (how, seconds) => told.waits.push(`${how} ${seconds}`),
    engineRestarted: () => told.restarts++,
  };
  const cluster: Cluster = new Cluster(
    (change) => loop.changed(change),
    (key, part) => gatekeeper?.changed(key, part),
  );
  const random = () => 0.5;
  const log = logInto(lines);
  const drainer = new Drainer({
    clock,
    waitMs: drainWaitMs,
    changed: () => loop.changed({ t: "node", name: desiredDefaults.nodeName }),
    log,
  });
  const gatekeeper =
    probe === null ? null : new Gatekeeper({ maxWaitMs: 10_000, probe, clock, random, observer, log });
  const desired = new Desired(cluster, {
    ...desiredDefaults,
    drainer,
    ...(gatekeeper !== null && { dataplane: gatekeeper }),
    ...options,
  });
  const loop = new Loop({
    engine,
    cluster,
    desired,
    clock,
    random,
    observer,
    drainer,
    log,
    shutdown,
    gatekeeper,
  });
  const controller = new AbortController();
  const done = loop.run(controller.signal);
  return {
    clock,
    cluster,
    speaker: memory,
    engine,
    desired,
    loop,
    told,
    drainer,
    drainRequests: new DrainRequests({ drainer, file: drainStore, clock, log }),
    drainStore,
    terminate: () => controller.abort(),
    gatekeeper,
    stop: async () => {
      controller.abort();
      await clock.advance(shutdown === "withdraw" ? drainWaitMs : 0);
      return done;
    },
  };
}

/** Every kind is listed: the nodes, a configuration for 10.49.0.0/16, the ToR, and these Local services, ready on n1. */
export function sync(
  cluster: Cluster,
  services: readonly string[] = ["10.49.0.1"],
  nodes: readonly string[] = ["n1"],
): void {
  cluster.replace("Node", new Map(nodes.map((name) => [name, node({ name })])));
  cluster.replace("BGPConfiguration", new Map([["default", configuration(["10.49.0.0/16"])]]));
  cluster.replace("BGPPeer", new Map([["tor", peer("tor", tor)]]));
  cluster.replace("BGPFilter", new Map());
  cluster.replace("Service", new Map(services.map((address) => [`default/s-${address}`, local(address)])));
  cluster.replace(
    "EndpointSlice",
    new Map(services.map((address) => [`default/s-${address}`, readySlice(address)])),
  );
}

export function configuration(cidrs: readonly string[], more: object = {}): ConfigObject {
  const spec = { serviceClusterIPs: cidrs.map((cidr) => ({ cidr })), ...more };
  return { kind: "BGPConfiguration", name: "default", uid: "c", labels: {}, spec };
}

export function peer(name: string, peerIP: string, more: object = {}): ConfigObject {
  return { kind: "BGPPeer", name, uid: name, labels: {}, spec: { peerIP, asNumber: 64512, ...more } };
}

export function local(address: string): Service {
  return service({
    key: objectKey("default", `s-${address}`),
    clusterIPs: [ip(address)],
    externalTrafficPolicy: "Local",
  });
}

export function readySlice(address: string, ready = true) {
  const key = objectKey("default", `s-${address}`);
  return slice([endpoint({ ready })], { key, service: key });
}

/** What the speaker originates, sorted as text. */
export function heldPrefixes(speaker: MemorySpeaker): readonly string[] {
  return [...speaker.routes.keys()].sort();
}

/** Lines at the default level, each with its level in front. */
function logInto(lines: string[]): Log {
  const write = (level: string) => (_fields: object, message: string) =>
    void lines.push(`${level} ${message}`);
  return { debug: () => undefined, info: write("info"), warn: write("warn"), error: write("error") };
}
