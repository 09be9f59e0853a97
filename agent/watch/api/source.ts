// The picture from a Kubernetes API: one reflector per kind.
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
  /** The only Node that is watched: others change every few seconds and are of no concern. */
  readonly nodeName: string;
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
    async run(sink, observer, signal) {
      const credentials = new Credentials(kubeconfig, { env });
      const runKind = (kind: Kind) => {
        const fieldSelector = kind === "Node" ? `metadata.name=${nodeName}` : null;
        const settings = { kind, fieldSelector, credentials, clock, random, log, limits, userAgent };
        return new Reflector(settings, sink, observer).run(signal);
      };
      await Promise.all(kindNames.map(runKind));
    },
  };
}
