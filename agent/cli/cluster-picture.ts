// One look at a Kubernetes API: every kind is listed once, then the source is stopped.
import { silentLog } from "../model/log.ts";
import { systemClock } from "../time/clock.ts";
import { lookUp } from "../watch/api/look-up.ts";
import { kubernetesSource } from "../watch/api/source.ts";
import { Cluster } from "../watch/cluster.ts";
import { WatchError } from "../watch/errors.ts";
import type { Kind } from "../watch/kinds.ts";
import type { ObjectName, WireStore } from "../watch/manifests/change.ts";
import type { WatchObserver } from "../watch/sink.ts";
import { CommandError, oneLine } from "./errors.ts";
import type { Io } from "./io.ts";
import type { ClusterOrigin } from "./picture.ts";

const deadlineMs = 10_000;

/** @throws {CommandError} 3 with what went wrong last. */
export async function pictureOfCluster(
  { kubeconfig, nodeName }: ClusterOrigin,
  { env }: Pick<Io, "env">,
): Promise<Cluster> {
  const end = new AbortController();
  const clock = systemClock;
  const cluster: Cluster = new Cluster(() => end.abort());
  const patience = new Patience(() => end.abort());
  const options = { nodeName, clock, random: Math.random, log: silentLog, env };
  const source = kubernetesSource({ ...options, ...(kubeconfig !== null && { kubeconfig }) });
  const cancel = clock.schedule(deadlineMs, () => end.abort());
  try {
    await source.run(cluster, patience, end.signal);
  } catch (cause) {
    if (cause instanceof WatchError) throw new CommandError(3, oneLine(cause), { cause });
    throw cause;
  } finally {
    cancel();
  }
  if (cluster.unsynced.size === 0) return cluster;
  const cause = patience.last;
  const why = cause === null ? `no complete answer within ${deadlineMs / 1000} s` : oneLine(cause);
  throw new CommandError(3, `the Kubernetes API: ${why}`, { cause });
}

/**
 * The picture, and the objects that a change is about as they are written in the API.
 *
 * @throws {CommandError} 3 as above.
 */
export async function baseInCluster(
  origin: ClusterOrigin,
  changed: readonly ObjectName[],
  io: Pick<Io, "env">,
): Promise<{ readonly cluster: Cluster; readonly live: WireStore }> {
  const cluster = await pictureOfCluster(origin, io);
  const { kubeconfig } = origin;
  const options = { clock: systemClock, env: io.env, ...(kubeconfig !== null && { kubeconfig }) };
  try {
    return { cluster, live: await lookUp(changed, options, AbortSignal.timeout(deadlineMs)) };
  } catch (cause) {
    throw new CommandError(3, `the Kubernetes API: ${oneLine(cause)}`, { cause });
  }
}

/** Gives up where the agent would go on: after a refusal, and when a second try finds nobody again. */
class Patience implements WatchObserver {
  last: Error | null = null;
  readonly #unreachable = new Set<Kind>();
  readonly #giveUp: () => void;

  constructor(giveUp: () => void) {
    this.#giveUp = giveUp;
  }

  failure(kind: Kind, error: Error): void {
    this.last = error;
    const code = error instanceof WatchError ? error.code : null;
    const again = code === "unreachable" && this.#unreachable.has(kind);
    if (code === "unreachable") this.#unreachable.add(kind);
    if (again || code === "unauthorized" || code === "forbidden") this.#giveUp();
  }

  event(): void {
    // Counted by the agent only.
  }

  relist(): void {
    // Counted by the agent only.
  }

  contact(): void {
    // The cluster tells when it is complete.
  }
}
