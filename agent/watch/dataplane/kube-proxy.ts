// Asks kube-proxy on this node, wherever it listens: on loopback, on the node's own addresses, or on all.
import { familyOf, parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import type { SyncAnswers } from "../../model/dataplane.ts";
import type { Family } from "../../model/family.ts";
import type { ServiceKey } from "../../model/service.ts";
import type { Clock } from "../../time/clock.ts";
import { readHealth, readsServing } from "./answers.ts";
import { get } from "./get.ts";
import type { Limits, Target } from "./get.ts";

/** Port of `--healthz-bind-address`, unless set otherwise. */
const healthzPort = 10_256;

/** A frozen proxy takes connections and says nothing. */
const limits = { deadlineMs: 1_000, maxBytes: 65_536 } as const;

const loopback = ["127.0.0.1", "::1"].map(parseAddress).filter((address) => address !== null);

/** A service with a health check node port, and the family that is asked about: each has a port of its own. */
export interface Check {
  readonly service: ServiceKey;
  readonly family: Family;
  readonly port: number;
}

/** What tells whether the proxy on this node serves what it should. Never rejects. */
export interface ProxyProbe {
  /** What the proxy tells of itself; null: nothing answers as it would. */
  health(signal: AbortSignal): Promise<SyncAnswers | null>;
  /** Whether the health check node port says that endpoints on this node are served. */
  serves(check: Check, signal: AbortSignal): Promise<boolean>;
}

export interface KubeProxyOptions {
  readonly clock: Clock;
  /** The node's InternalIPs, as they are known now. */
  readonly nodeAddresses: () => readonly Address[];
  readonly healthzPort?: number;
}

export class KubeProxy implements ProxyProbe {
  readonly #options: KubeProxyOptions;
  readonly #limits: Limits;
  /** Where an answer came from last. */
  readonly #known = new Map<"health" | Family, Address>();

  constructor(options: KubeProxyOptions) {
    this.#options = options;
    this.#limits = { ...limits, clock: options.clock };
  }

  async health(signal: AbortSignal): Promise<SyncAnswers | null> {
    const target = { port: this.#options.healthzPort ?? healthzPort, path: "/healthz" };
    return this.#first(
      "health",
      this.#hosts(),
      async (host, stop) => this.#health({ ...target, host }, stop),
      signal,
    );
  }

  async serves({ service, family, port }: Check, signal: AbortSignal): Promise<boolean> {
    const hosts = this.#hosts().filter((host) => familyOf(host) === family);
    const ask = async (host: Address, stop: AbortSignal): Promise<true | null> => {
      const { status, body } = await get({ host, port, path: "/" }, this.#limits, stop);
      return readsServing(status, body, service) ? true : null;
    };
    return (await this.#first(family, hosts, ask, signal)) ?? false;
  }

  async #health(target: Target, signal: AbortSignal): Promise<SyncAnswers | null> {
    return readHealth((await get(target, this.#limits, signal)).body);
  }

  #hosts(): readonly Address[] {
    return [...new Set([...loopback, ...this.#options.nodeAddresses()])];
  }

  /** The first sound answer: from where the last one came, else from wherever it comes first. */
  async #first<T>(
    what: "health" | Family,
    hosts: readonly Address[],
    ask: (host: Address, signal: AbortSignal) => Promise<T | null>,
    signal: AbortSignal,
  ): Promise<T | null> {
    const known = this.#known.get(what);
    const rest = hosts.filter((host) => host !== known);
    for (const group of known === undefined ? [rest] : [[known], rest]) {
      const found = await firstOf(group, ask, signal);
      if (found === null) continue;
      this.#known.set(what, found.host);
      return found.answer;
    }
    return null;
  }
}

/** Asks all at once; the others are hung up on when one has answered. */
async function firstOf<T>(
  hosts: readonly Address[],
  ask: (host: Address, signal: AbortSignal) => Promise<T | null>,
  signal: AbortSignal,
): Promise<{ readonly host: Address; readonly answer: T } | null> {
  // AbortSignal.any would leave something behind on a signal that lives on, each time.
  const done = new AbortController();
  const hangUp = () => done.abort();
  if (signal.aborted) hangUp();
  signal.addEventListener("abort", hangUp, { once: true });
  const asked = hosts.map(async (host) => {
    const answer = await ask(host, done.signal);
    if (answer === null) throw new Error("no answer of kube-proxy's");
    return { host, answer };
  });
  try {
    return await Promise.any(asked);
  } catch {
    return null;
  } finally {
    signal.removeEventListener("abort", hangUp);
    hangUp();
  }
}
