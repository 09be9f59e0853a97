// How soon the first change is seen after the API server was away for a minute.
import { setTimeout as sleep } from "node:timers/promises";
import { silentLog } from "../agent/model/log.ts";
import { systemClock } from "../agent/time/clock.ts";
import { kubernetesSource } from "../agent/watch/api/source.ts";
import { Cluster } from "../agent/watch/cluster.ts";
import { WatchHealth } from "../agent/watch/health.ts";
import type { ControlPlane } from "../test/support/control-plane.ts";
import { until } from "../test/support/until.ts";
import { ApiClient } from "./api-client.ts";
import { localService } from "./objects.ts";

const awayMs = 60_000;

/** From the moment the API server is ready, in ms: until a service that is created then is in the picture. */
export async function measureReturn(plane: ControlPlane, index: number): Promise<number> {
  const { kubeconfig } = plane;
  const cluster = new Cluster();
  const clock = systemClock;
  const observer = new WatchHealth(clock, silentLog, { event: () => undefined, relist: () => undefined });
  const abort = new AbortController();
  const source = kubernetesSource({ kubeconfig, nodeName: "n1", clock, random: Math.random, log: silentLog });
  const running = source.run(cluster, observer, abort.signal);
  const within = { timeoutMs: 60_000, everyMs: 10 };
  await until("the picture is complete", () => cluster.unsynced.size === 0, within);
  await plane.killApiServer();
  await sleep(awayMs);
  await plane.startApiServer();
  const readyAtMs = performance.now();
  const api = new ApiClient(kubeconfig);
  const service = localService(index, "ClusterIP");
  await api.create("/api/v1/namespaces/default/services", service);
  await until("it is seen", () => cluster.services.has(`default/${service.metadata.name}`), within);
  const seenMs = performance.now() - readyAtMs;
  api.close();
  abort.abort();
  await running;
  return seenMs;
}
