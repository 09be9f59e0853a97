// `bellman agent`: reads its settings, puts the rooms together and runs until it is told to end.
import { networkInterfaces } from "node:os";
import type { LogLevel } from "../config/node-config.ts";
import { settingsHelp } from "../config/settings-table.ts";
import type { Settings } from "../config/settings-table.ts";
import { unasked } from "../decide/dataplane.ts";
import type { Log } from "../model/log.ts";
import { Desired } from "../reconcile/desired.ts";
import { DrainFile } from "../reconcile/drain-file.ts";
import { DrainRequests } from "../reconcile/drain-request.ts";
import { Drainer } from "../reconcile/drainer.ts";
import { Gatekeeper } from "../reconcile/gatekeeper.ts";
import { Loop } from "../reconcile/loop.ts";
import type { ReconcileObserver } from "../reconcile/observer.ts";
import { Report } from "../reconcile/report.ts";
import { HttpError, serveHttp } from "../serve/http.ts";
import { createMetrics } from "../serve/metrics.ts";
import { systemClock } from "../time/clock.ts";
import { Cluster } from "../watch/cluster.ts";
import { WantedSecrets } from "../watch/wanted-secrets.ts";
import { KubeProxy } from "../watch/dataplane/kube-proxy.ts";
import { WatchError } from "../watch/errors.ts";
import { WatchHealth } from "../watch/health.ts";
import { manifestsSource } from "../watch/manifests/source.ts";
import type { Source } from "../watch/sink.ts";
import { engineOf } from "./engine.ts";
import { CommandError, oneLine } from "./errors.ts";
import type { ExitCode } from "./errors.ts";
import type { Io } from "./io.ts";
import { createLog } from "./log.ts";
import { loadSettings } from "./settings.ts";
import { networksOf } from "./networks.ts";
import { stopSignal } from "./stop-signal.ts";
import { keepYoungGenerationSmall } from "./young-generation.ts";

/** @throws {CommandError} with one line: usage (2), API or directory out of reach at start (3), port taken (1). */
export async function agentCommand(argv: readonly string[], io: Io, version: string): Promise<ExitCode> {
  if (argv.includes("--help") || argv.includes("-h")) {
    io.stdout(`bellman agent [--SETTING VALUE…]\n\n${settingsHelp().join("\n")}\n`);
    return 0;
  }
  const settings = await loadSettings(argv, io);
  const stop = stopSignal();
  try {
    await runAgent(settings, io, version, stop);
    return 0;
  } catch (cause) {
    if (cause instanceof WatchError) throw new CommandError(3, oneLine(cause), { cause });
    if (cause instanceof HttpError) throw new CommandError(1, oneLine(cause), { cause });
    throw cause;
  } finally {
    stop.release();
  }
}

/** The rooms, wired: source → cluster → desired → loop → speaker. The first fault of a part ends all of them. */
async function runAgent(
  settings: Settings,
  io: Io,
  version: string,
  stop: { signal: AbortSignal },
): Promise<void> {
  keepYoungGenerationSmall();
  const clock = systemClock;
  const format = settings.logFormat ?? (io.terminal ? "pretty" : "json");
  const log = createLog(format, settings.logLevel ?? "info", settings.nodeName, io.stdout);
  // The loop is told to stop first: what it does until it has ended, the other parts see and show.
  const over = new AbortController();
  const stopped = AbortSignal.any([stop.signal, over.signal]);

  const metrics = createMetrics(version);
  const health = new WatchHealth(clock, log, metrics.watch);
  const secrets = new WantedSecrets(settings.namespace);
  const cluster: Cluster = new Cluster(
    (change) => loop.changed(change),
    (service, part) => gatekeeper?.changed(service, part),
  );
  const gatekeeper = gatekeeperOf(settings, cluster, log, metrics.reconcile);
  const { nodeName, stateDir } = settings;
  const drainer = new Drainer({
    clock,
    waitMs: settings.drainWaitMs,
    changed: () => loop.changed({ t: "node", name: nodeName }),
    log,
  });
  const drainFile = new DrainFile(stateDir, nodeName);
  const drainRequests = new DrainRequests({ drainer, file: drainFile, clock, log });
  const desired = new Desired(cluster, {
    ...settings,
    drainer,
    dataplane: gatekeeper ?? unasked,
    onLink: networksOf(networkInterfaces()),
    secretsSeen: settings.manifests === null ? "byName" : "all",
    configured({ logLevel, secretNames }) {
      setLevel(log, settings.logLevel ?? logLevel ?? "info");
      secrets.want(secretNames);
    },
  });
  const engine = await engineOf(settings);
  const loop = new Loop({
    engine,
    cluster,
    desired,
    drainer,
    clock,
    random: Math.random,
    observer: metrics.reconcile,
    log,
    shutdown: settings.shutdown,
    gatekeeper,
  });
  const report = new Report({
    engine,
    cluster,
    desired,
    loop,
    health,
    clock,
    drainer,
    drainRequests,
    gatekeeper,
  });
  const { registry } = metrics;
  // Before anything is decided: what is drained must not be announced, not even briefly.
  await drainRequests.restore();
  await serveHttp({ ...settings.http, report, drainRequests, registry, version, clock }, over.signal);
  const source = await openSource(settings, secrets, log);
  log.info(
    { version, engine: engine.name, http: settings.http },
    `bellman ${version} works for node ${settings.nodeName}`,
  );
  const parts = [loop.run(stopped), source.run(cluster, health, over.signal)] as const;
  try {
    // Without an end of its own the source runs for as long as the loop does.
    const withdrawn = await Promise.race([parts[0], parts[1].then(() => parts[0])]);
    if (settings.shutdown === "withdraw" && !withdrawn)
      throw new CommandError(1, "ended without taking the routes back, for the speaker was out of reach");
    log.info({}, withdrawn ? "ended; the routes are withdrawn" : "ended; the routes stay");
  } catch (fault) {
    if (!isExpected(fault))
      log.error({ stack: stackOf(fault) }, "a fault of the agent's own ends it; please report it");
    throw fault;
  } finally {
    over.abort();
    await Promise.allSettled(parts);
  }
}

/** null: new routes do not wait for the node's proxy. */
function gatekeeperOf(
  { dataplaneGate, dataplaneGateMaxWaitMs: maxWaitMs, nodeName }: Settings,
  cluster: Cluster,
  log: Log,
  observer: ReconcileObserver,
): Gatekeeper | null {
  if (dataplaneGate === "off") return null;
  const clock = systemClock;
  const probe = new KubeProxy({ clock, nodeAddresses: () => cluster.node(nodeName)?.internalIPs ?? [] });
  return new Gatekeeper({ maxWaitMs, probe, clock, random: Math.random, observer, log });
}

/** What the surroundings can cause; anything else is a fault of ours, of which one line is not enough. */
function isExpected(error: unknown): boolean {
  return error instanceof CommandError || error instanceof WatchError || error instanceof HttpError;
}

function stackOf(error: unknown): string {
  return error instanceof Error && error.stack !== undefined ? error.stack : String(error);
}

function setLevel(log: { level: string }, level: LogLevel): void {
  if (log.level !== level) log.level = level;
}

async function openSource(
  settings: Settings,
  secrets: WantedSecrets,
  log: ReturnType<typeof createLog>,
): Promise<Source> {
  const clock = systemClock;
  if (settings.manifests !== null) return manifestsSource({ directory: settings.manifests, clock, log });
  // Loaded only where there is an API: reading kubeconfigs costs start time and memory.
  const { kubernetesSource } = await import("../watch/api/source.ts");
  const { kubeconfig, nodeName } = settings;
  return kubernetesSource({
    nodeName,
    secrets,
    clock,
    random: Math.random,
    log,
    ...(kubeconfig !== null && { kubeconfig }),
  });
}
