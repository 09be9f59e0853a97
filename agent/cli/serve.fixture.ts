// A world of the loop's tests, served over HTTP on a free port.
import { silentLog } from "../model/log.ts";
import type { World } from "../reconcile/loop.fixture.ts";
import { Report } from "../reconcile/report.ts";
import { WatchHealth } from "../watch/health.ts";
import { kindNames } from "../watch/kinds.ts";
import { serveHttp } from "../serve/http.ts";
import { createMetrics } from "../serve/metrics.ts";

export interface Served {
  /** Without a slash at its end. */
  readonly url: string;
  readonly health: WatchHealth;
}

export async function serveWorld(
  world: World,
  signal: AbortSignal,
  { host = "127.0.0.1", port = 0 }: { host?: string; port?: number } = {},
): Promise<Served> {
  const { registry, watch } = createMetrics("1.2.3");
  const health = new WatchHealth(world.clock, silentLog, watch);
  for (const kind of kindNames) health.contact(kind);
  const { clock, drainRequests } = world;
  const report = new Report({ ...world, health });
  const served = await serveHttp(
    { host, port, report, drainRequests, registry, version: "1.2.3", clock },
    signal,
  );
  return { url: `http://127.0.0.1:${served.port}`, health };
}
