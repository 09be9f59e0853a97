// What the agent can tell of itself: read-only views for metrics, health and the API.
import type { Engine, PeerStatus } from "../engine/contract.ts";
import type { Family } from "../model/family.ts";
import type { Peer, SessionState } from "../model/peer.ts";
import { prefixFamily } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Problem } from "../model/problem.ts";
import type { Plan } from "../plan/plan.ts";
import type { Cluster } from "../watch/cluster.ts";
import type { WatchHealth } from "../watch/health.ts";
import { kindNames } from "../watch/kinds.ts";
import type { Kind } from "../watch/kinds.ts";
import type { Desired } from "./desired.ts";
import { explain } from "./explain.ts";
import { parseQuery } from "./explain-query.ts";
import type { Explanation } from "./explanation.ts";
import type { Loop, LoopState } from "./loop.ts";

export interface PeerReport extends Peer {
  /** `idle` as well when the speaker does not know the peer. */
  readonly state: SessionState;
  readonly establishedAtMs: number | null;
  /** Routes sent, per family; what the speaker does not count is absent. */
  readonly advertised: Readonly<Partial<Record<Family, number>>>;
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

  constructor(parts: {
    engine: Engine;
    cluster: Cluster;
    desired: Desired;
    loop: Loop;
    health: WatchHealth;
  }) {
    this.#engine = parts.engine;
    this.#cluster = parts.cluster;
    this.#desired = parts.desired;
    this.#loop = parts.loop;
    this.#health = parts.health;
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

  draining(): boolean {
    return this.#desired.view.draining;
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
      error: state.t === "backoff" ? state.error.message : null,
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
      const status = asked === null || asked.includes(peer) ? statuses.get(peer.address) : undefined;
      return {
        ...peer,
        state: status?.state ?? "idle",
        establishedAtMs: status?.establishedAtMs ?? null,
        advertised: status?.advertised ?? {},
      };
    });
  }

  async #statuses(): Promise<ReadonlyMap<string, PeerStatus>> {
    const { state, sessions } = this.#loop;
    if (state.t !== "holding") return sessions;
    try {
      return new Map((await state.link.peers()).map((status) => [status.address, status]));
    } catch {
      // The speaker is being lost: the loop hears of it by itself.
      return sessions;
    }
  }

  /** The peers that the speaker was asked for; null: it is out of reach. */
  #asked(): readonly Peer[] | null {
    const { state } = this.#loop;
    return state.t === "holding" ? state.holder.wish.peers : null;
  }

  #furtherProblems(): readonly Problem[] {
    const { state } = this.#loop;
    return state.t === "holding" ? state.holder.wish.problems : [];
  }
}

function countFamilies(prefixes: Iterable<Prefix>): Record<Family, number> {
  const counts = { ipv4: 0, ipv6: 0 };
  for (const prefix of prefixes) counts[prefixFamily(prefix)]++;
  return counts;
}
