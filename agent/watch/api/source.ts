// The picture from a Kubernetes API: one reflector per kind.
import { setMaxListeners } from "node:events";
import type { Log } from "../../model/log.ts";
import type { Clock } from "../../time/clock.ts";
import { kindNames } from "../kinds.ts";
import type { Kind } from "../kinds.ts";
import type { Source } from "../sink.ts";
import { Credentials } from "./credentials.ts";
import { defaultLimits } from "./limits.ts";
import type { Limits } from "./limits.ts";
import { Reflector } from "./reflector.ts";

export interface KubernetesOptions {
  /** Default: the pod's ServiceAccount, then KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig?: string;
  /** The only Node that is watched: others change every few seconds and are of no concern. null: all of them. */
  readonly nodeName: string | null;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  /** Default `bellman`. */
  readonly userAgent?: string;
  /** Default process.env. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Its run() rejects with a WatchError `unreadable` when no kubeconfig can be used at start, and never later. */
export function kubernetesSource(options: KubernetesOptions): Source {
  const { kubeconfig, nodeName, clock, random, log, userAgent = "bellman", env = process.env } = options;
  const limits = { ...defaultLimits, ...options.limits };
  return {
    async run(sink, observer, outerSignal) {
      const credentials = new Credentials(kubeconfig, { env });
      const signal = signalForMany(outerSignal);
      const runKind = (kind: Kind) => {
        const fieldSelector = kind === "Node" && nodeName !== null ? `metadata.name=${nodeName}` : null;
        const settings = { kind, fieldSelector, credentials, clock, random, log, limits, userAgent };
        return new Reflector(settings, sink, observer).run(signal);
      };
      await Promise.all(kindNames.map(runKind));
    },
  };
}

/** Follows `outer`. Every request listens to it, which Node.js would take for a leak from the eleventh on. */
function signalForMany(outer: AbortSignal): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  if (outer.aborted) controller.abort(outer.reason);
  else outer.addEventListener("abort", () => controller.abort(outer.reason), { once: true });
  return controller.signal;
}
