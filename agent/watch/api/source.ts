// The picture from a Kubernetes API: one reflector per kind, and a watch per Secret that a peer names.
import type { Log } from "../../model/log.ts";
import type { Clock } from "../../time/clock.ts";
import { kindNames } from "../kinds.ts";
import type { Kind } from "../kinds.ts";
import type { Source } from "../sink.ts";
import { WantedSecrets } from "../wanted-secrets.ts";
import { childOf } from "./child-signal.ts";
import { Credentials } from "./credentials.ts";
import { defaultLimits } from "./limits.ts";
import type { Limits } from "./limits.ts";
import { Reflector } from "./reflector.ts";
import { watchSecrets } from "./secrets.ts";

export interface KubernetesOptions {
  /** Default: the pod's ServiceAccount, then KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig?: string;
  /** The only Node that is watched: others change every few seconds and are of no concern. null: all of them. */
  readonly nodeName: string | null;
  /** The Secrets to watch, as they change. Default none. */
  readonly secrets?: WantedSecrets;
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
  const { secrets = new WantedSecrets(null) } = options;
  const limits = { ...defaultLimits, ...options.limits };
  return {
    async run(sink, observer, outerSignal) {
      const credentials = new Credentials(kubeconfig, { env });
      const { signal } = childOf(outerSignal);
      const access = { credentials, clock, random, log, limits, userAgent };
      const runKind = (kind: Kind) => {
        if (kind === "Secret") return watchSecrets(secrets, access, sink, observer, signal);
        const fieldSelector = kind === "Node" && nodeName !== null ? `metadata.name=${nodeName}` : null;
        return new Reflector({ kind, fieldSelector, ...access }, sink, observer).run(signal);
      };
      await Promise.all(kindNames.map(runKind));
    },
  };
}
