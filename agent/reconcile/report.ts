// What the agent can tell of itself: read-only views for metrics, health and the API.
import { PortTakenError } from "../engine/contract.ts";
import type { Engine, EngineError, Negotiated, PeerStatus } from "../engine/contract.ts";
import type { Family } from "../model/family.ts";
import type { Peer, SessionState } from "../model/peer.ts";
import { prefixFamily } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Problem } from "../model/problem.ts";
import type { Plan } from "../plan/plan.ts";
import type { Clock } from "../time/clock.ts";
import type { Cluster } from "../watch/cluster.ts";
import type { WatchHealth } from "../watch/health.ts";
import { kindNames } from "../watch/kinds.ts";
import type { Kind } from "../watch/kinds.ts";
import type { Desired } from "./desired.ts";
import { drainReport } from "./drain-report.ts";
import type { DrainReport } from "./drain-report.ts";
import type { DrainRequests } from "./drain-request.ts";
import type { Drainer } from "./drainer.ts";
import { explain } from "./explain.ts";
import { parseQuery } from "./explain-query.ts";
import type { Explanation } from "./explanation.ts";
import type { Gatekeeper } from "./gatekeeper.ts";
import type { Loop, LoopState } from "./loop.ts";
import { PeerInquiry } from "./peer-inquiry.ts";
import type { SessionRecord } from "./sessions.ts";

export interface PeerReport extends Peer {
  /** `idle` as well when the speaker does not know the peer. */
  readonly state: SessionState;
  /** Since when it is in that state, in ms since the epoch; null: not known. */
  readonly sinceMs: number | null;
  readonly establishedAtMs: number | null;
  /** Since the agent started. */
  readonly drops: number;
  readonly lastDrop: SessionRecord["lastDrop"];
  /** Why it is not established, or was lost last, in the speaker's words. */
  readonly lastError: string | null;
  readonly negotiated: Negotiated | null;
  /** Routes sent, per family; what the speaker does not count is absent. */
  readonly advertised: Readonly<Partial<Record<Family, number>>>;
  /** Routes taken from the peer, likewise. */
  readonly accepted: Readonly<Partial<Record<Family, number>>>;
}

export interface KindReport {
  readonly kind: Kind;
  readonly objects: number;
  readonly synced: boolean;
  readonly staleSeconds: number;
  readonly error: string | null;
}

export interface EngineReport {
  readonly name: Engine["name"];
  readonly up: boolean;
  /** What the loop is at: `waiting`, `opening`, `backoff`, `holding`, `stopped`. */
  readonly state: LoopState["t"];
  readonly version: string | null;
  readonly error: string | null;
}

export interface RouteCounts {
  readonly wanted: Readonly<Record<Family, number>>;
  readonly held: Readonly<Record<Family, number>>;
}

/** A step of the loop that takes longer than this means that it hangs. */
const stuckAfterMs = 60_000;

export class Report {
  readonly #engine: Engine;
  readonly #cluster: Cluster;
  readonly #desired: Desired;
  readonly #loop: Loop;
  readonly #health: WatchHealth;
  readonly #asking: PeerInquiry;
  readonly #drainer: Drainer;
  readonly #drainRequests: DrainRequests;
  readonly #gatekeeper: Gatekeeper | null;

  constructor(parts: {
    engine: Engine;
    cluster: Cluster;
    desired: Desired;
    loop: Loop;
    health: WatchHealth;
    clock: Clock;
    drainer: Drainer;
    drainRequests: DrainRequests;
    gatekeeper?: Gatekeeper | null;
  }) {
    this.#engine = parts.engine;
    this.#cluster = parts.cluster;
    this.#desired = parts.desired;
    this.#loop = parts.loop;
    this.#health = parts.health;
    this.#gatekeeper = parts.gatekeeper ?? null;
    this.#asking = new PeerInquiry(parts.clock);
    this.#drainer = parts.drainer;
    this.#drainRequests = parts.drainRequests;
  }

  /** null: ready. Otherwise what is still missing: a synced picture, or the first apply. */
  notReady(): string | null {
    const { unsynced } = this.#cluster;
    if (unsynced.size > 0) return `not synced yet: ${[...unsynced].join(", ")}`;
    return this.#loop.applied ? null : "the speaker has not been brought up to date yet";
  }

  /** null: alive. Otherwise what hangs. Never depends on sessions: restarting the agent would mend none. */
  notAlive(monotonicMs: number): string | null {
    if (this.#loop.state.t === "stopped") return "the loop has ended";
    const { busySinceMs } = this.#loop;
    const busyMs = busySinceMs === null ? 0 : monotonicMs - busySinceMs;
    return busyMs > stuckAfterMs ? `the loop hangs in one step for ${Math.round(busyMs / 1000)} s` : null;
  }

  plan(): Plan {
    return this.#desired.plan(this.#furtherProblems());
  }

  problems(): readonly Problem[] {
    return this.#desired.problems(this.#furtherProblems());
  }

  /** null: the query is none that can be answered. */
  explain(text: string): Explanation | null {
    const query = parseQuery(text);
    if (query === null) return null;
    const input = { cluster: this.#cluster, desired: this.#desired };
    return explain(text, query, { ...input, holds: (prefix) => this.holds(prefix) });
  }

  drain(): DrainReport {
    return drainReport({
      desired: this.#desired,
      loop: this.#loop,
      drainer: this.#drainer,
      requests: this.#drainRequests,
    });
  }

  excluded(): boolean {
    return this.#desired.excluded;
  }

  /** Whether the speaker holds the prefix, as far as the agent knows. */
  holds(prefix: Prefix): boolean {
    const { state } = this.#loop;
    return state.t === "holding" && state.holder.held.routes.has(prefix);
  }

  routeCounts(): RouteCounts {
    const { state } = this.#loop;
    const held = state.t === "holding" ? state.holder.held.routes.keys() : [];
    const wanted = [...this.#desired.routes()].map((route) => route.prefix);
    return { wanted: countFamilies(wanted), held: countFamilies(held) };
  }

  verdictCounts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { reason } of this.#desired.verdicts()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return counts;
  }

  engine(): EngineReport {
    const { state } = this.#loop;
    return {
      name: this.#engine.name,
      up: state.t === "holding",
      state: state.t,
      version: state.t === "holding" ? state.link.version : null,
      error: this.#engineError?.message ?? null,
    };
  }

  kinds(): readonly KindReport[] {
    return kindNames.map((kind) => ({
      kind,
      objects: this.#cluster.count(kind),
      synced: !this.#cluster.unsynced.has(kind),
      staleSeconds: this.#health.staleSeconds(kind),
      error: this.#health.error(kind),
    }));
  }

  /** The configured peers with the state of their sessions; asks the speaker, else tells what was known last. */
  async peers(): Promise<readonly PeerReport[]> {
    const statuses = await this.#statuses();
    const asked = this.#asked();
    return this.#desired.config.peers.map((peer) => {
      // The speaker knows addresses only: a peer that it was not asked for must not borrow another's session.
      const known = asked === null || asked.includes(peer);
      const record = known ? this.#loop.sessions.get(peer.address) : undefined;
      const status = (known ? statuses?.get(peer.address) : undefined) ?? record?.status ?? null;
      const lastDrop = record?.lastDrop ?? null;
      return {
        ...peer,
        state: status?.state ?? "idle",
        sinceMs: record?.sinceMs ?? null,
        establishedAtMs: status?.establishedAtMs ?? null,
        drops: record?.drops ?? 0,
        lastDrop,
        lastError: this.#refusal(peer) ?? status?.lastError ?? lastDrop?.reason ?? null,
        negotiated: status?.negotiated ?? null,
        advertised: status?.advertised ?? {},
        accepted: status?.accepted ?? {},
      };
    });
  }

  /** null: the speaker is out of reach. */
  async #statuses(): Promise<ReadonlyMap<string, PeerStatus> | null> {
    const { state } = this.#loop;
    if (state.t !== "holding") return null;
    try {
      return new Map((await this.#asking.of(state.link)).map((status) => [status.address, status]));
    } catch {
      // The speaker is being lost: the loop hears of it by itself.
      return null;
    }
  }

  /** The peers that the speaker was asked for; null: it is out of reach. */
  #asked(): readonly Peer[] | null {
    const { state } = this.#loop;
    return state.t === "holding" ? state.holder.wish.peers : null;
  }

  /** null: the speaker is there, or nothing is known yet. */
  get #engineError(): EngineError | null {
    const { state } = this.#loop;
    return state.t === "backoff" || state.t === "opening" ? state.error : null;
  }

  /** Why the speaker has not taken the peer; null: it has, or is out of reach. */
  #refusal(peer: Peer): string | null {
    const { state } = this.#loop;
    if (state.t !== "holding" || !state.holder.wish.peers.includes(peer)) return null;
    return state.holder.refusals.ofPeer(peer.address)?.message ?? null;
  }

  #furtherProblems(): readonly Problem[] {
    const { state } = this.#loop;
    const { problem } = this.#drainRequests;
    return [
      ...(state.t === "holding" ? state.holder.wish.problems : []),
      ...this.#loop.doubts,
      ...(this.#engineError instanceof PortTakenError
        ? [this.#desired.portTaken(this.#engineError.message)]
        : []),
      ...(problem === null ? [] : [problem]),
      ...(this.#gatekeeper?.problems ?? []),
    ];
  }
}

function countFamilies(prefixes: Iterable<Prefix>): Record<Family, number> {
  const counts = { ipv4: 0, ipv6: 0 };
  for (const prefix of prefixes) counts[prefixFamily(prefix)]++;
  return counts;
}
