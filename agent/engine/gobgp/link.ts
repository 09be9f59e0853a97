// A gobgpd that runs our instance, as long as its event stream lives.
import type { Address } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import { families } from "../../model/family.ts";
import type { Peer } from "../../model/peer.ts";
import type { Clock } from "../../time/clock.ts";
import type { EngineError } from "../contract.ts";
import type { EngineLink, Held, PeerStatus, Rejection, SpeakerChange } from "../contract.ts";
import { LinkLife } from "../link-life.ts";
import type { GobgpApi } from "./api.ts";
import { Applier } from "./applier.ts";
import { startHeartbeat } from "../heartbeat.ts";
import type { EnsuredInstance } from "./instance.ts";
import { readRoutes, withdrawAll } from "./routes.ts";
import { SentCounts } from "./sent-counts.ts";

/** gRPC's own keepalive is no way: gobgpd closes a connection with pings more often than every five minutes. */
const heartbeatMs = 2_000;

export interface LinkOptions {
  readonly api: GobgpApi;
  readonly localAsn: Asn;
  readonly instance: EnsuredInstance;
  /** Rejects with an EngineError when the instance does not run any more. */
  readonly assertInstance: () => Promise<void>;
  readonly clock: Clock;
  /** Told once, when the speaker is gone. */
  readonly onLost: (error: EngineError) => void;
  /** Frees the connection; called once, when the link ends in whatever way. */
  readonly release: () => void;
}

export class GobgpLink implements EngineLink {
  readonly version: string;
  readonly fresh: boolean;
  readonly restarted: string | null;
  readonly #options: LinkOptions;
  readonly #api: GobgpApi;
  readonly #life: LinkLife;
  readonly #applier: Applier;
  readonly #sent: SentCounts;
  readonly #openedAtMs: number;
  /** Neighbours that this gobgpd was given. */
  readonly #met = new Set<Address>();

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#api = options.api;
    this.version = `gobgp ${options.api.version}`;
    this.fresh = options.instance.fresh;
    this.restarted = options.instance.restarted;
    this.#openedAtMs = options.clock.monotonic();
    this.#sent = new SentCounts(options.clock, (address) => options.api.advertised(address));
    this.#applier = new Applier({ ...options, mayHoldRoutes: (peer) => this.#mayHoldRoutes(peer) });
    this.#life = new LinkLife("gobgpd", () => {
      stopHeartbeat();
      this.#sent.stop();
      options.release();
    });
    const stopHeartbeat = startHeartbeat(options.clock, heartbeatMs, () => this.#ask(options.assertInstance));
  }

  held(): Promise<Held> {
    return this.#ask(async () => {
      const sessions = await this.#api.sessions();
      const neighbours = new Set(sessions.map(({ status }) => status.address));
      const routes = await readRoutes(this.#api, this.#options.localAsn, neighbours);
      return { routes, peers: new Map(sessions.map(({ status, peer }) => [status.address, peer])) };
    });
  }

  count(): Promise<number> {
    return this.#ask(async () => {
      // The rare look is also the time to see that nobody has opened a door, to received routes or to a neighbour.
      await this.#api.imports.enforce();
      await this.#api.exports.assertInForce();
      const counts = await Promise.all(families.map((family) => this.#api.count(family)));
      return counts.reduce((sum, count) => sum + count, 0);
    });
  }

  apply(change: SpeakerChange): Promise<readonly Rejection[]> {
    return this.#ask(async () => {
      const rejections = await this.#applier.apply(change);
      for (const { address } of change.addPeers) this.#met.add(address);
      return rejections;
    });
  }

  peers(): Promise<readonly PeerStatus[]> {
    return this.#ask(async () => {
      const sessions = (await this.#api.sessions()).map(({ status }) => status);
      return withTaken(this.#api, await this.#sent.complete(sessions));
    });
  }

  async close(mode: "keep" | "withdraw"): Promise<void> {
    try {
      if (mode === "withdraw" && this.#life.up)
        await this.#ask(async () => {
          await this.#api.imports.refuse();
          await withdrawAll(this.#api);
        });
    } finally {
      this.#life.close();
    }
  }

  /** Of a gobgpd that ran before: some peers come later than others, as their passwords do. */
  #mayHoldRoutes({ address, gracefulRestartSeconds }: Peer): boolean {
    if (!this.fresh || this.#met.has(address)) return false;
    const openForMs = this.#options.clock.monotonic() - this.#openedAtMs;
    return openForMs < 1000 * (gracefulRestartSeconds ?? 0);
  }

  /** The event stream ended. */
  lose(error: EngineError): void {
    if (this.#life.lose(error)) this.#options.onLost(error);
  }

  /** Ends the link without a word. */
  abandon(): void {
    this.#life.close();
  }

  #ask<T>(work: () => Promise<T>): Promise<T> {
    return this.#life.ask(work, (error) => this.lose(error));
  }
}

/** What gobgpd counts as accepted it has not judged by its policy yet. */
async function withTaken(api: GobgpApi, sessions: readonly PeerStatus[]): Promise<readonly PeerStatus[]> {
  if (!api.imports.taking) return sessions;
  const [ipv4, ipv6] = [await api.taken("ipv4"), await api.taken("ipv6")];
  return sessions.map((status) => {
    if (status.state !== "established") return status;
    const accepted = { ipv4: ipv4.get(status.address) ?? 0, ipv6: ipv6.get(status.address) ?? 0 };
    return { ...status, accepted };
  });
}
