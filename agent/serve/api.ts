// The JSON API's answers, made from the agent's report.
import type { Verdict } from "../model/verdict.ts";
import type { SessionState } from "../model/peer.ts";
import type { Family } from "../model/family.ts";
import type { Problem } from "../model/problem.ts";
import { peerJson, problemJson, routeJson, verdictJson } from "../plan/json.ts";
import type { PeerJson, RouteJson } from "../plan/json.ts";
import type { EngineReport, KindReport, PeerReport, Report, RouteCounts } from "../reconcile/report.ts";
import { drainJson } from "./drain.ts";
import type { DrainJson } from "./drain.ts";

export interface StatusJson {
  readonly node: string;
  readonly version: string;
  readonly ready: boolean;
  /** What is missing; absent when nothing is. */
  readonly notReady?: string;
  readonly excluded: boolean;
  readonly drain: DrainJson;
  readonly engine: EngineReport;
  readonly routes: RouteCounts;
  readonly services: number;
  readonly watch: readonly KindReport[];
  readonly problems: readonly Problem[];
}

export interface RoutesJson {
  readonly node: string;
  readonly excluded: boolean;
  readonly routes: readonly (RouteJson & { readonly held: boolean })[];
  readonly verdicts: readonly Verdict[];
}

export interface SessionJson extends PeerJson {
  readonly state: SessionState;
  /** Since when it is in that state, ISO 8601; null: not known. */
  readonly since: string | null;
  /** ISO 8601; null: not established, or the speaker does not say. */
  readonly establishedSince: string | null;
  /** How often an established session was lost since the agent started. */
  readonly drops: number;
  /** When it was lost last, ISO 8601; null: never since the agent started. */
  readonly lastDrop: string | null;
  /** Why it is not up or was lost last, in the speaker's words; null: it did not say, or never had to. */
  readonly lastError: string | null;
  /** null: not established, or the speaker does not say. */
  readonly negotiated: PeerReport["negotiated"];
  /** Routes sent, as the speaker counts them. */
  readonly advertised: Readonly<Partial<Record<Family, number>>>;
  /** Routes taken from the peer. */
  readonly accepted: Readonly<Partial<Record<Family, number>>>;
}

export interface PeersJson {
  readonly node: string;
  readonly peers: readonly SessionJson[];
  /** Of BGPPeer objects, also of those whose sessions are not brought up. */
  readonly problems: readonly Problem[];
}

export function statusJson(report: Report, version: string): StatusJson {
  const plan = report.plan();
  const notReady = report.notReady();
  const counts = report.routeCounts();
  return {
    node: plan.node,
    version,
    ready: notReady === null,
    ...(notReady !== null && { notReady }),
    excluded: plan.excluded,
    drain: drainJson(report),
    engine: report.engine(),
    routes: counts,
    services: new Set(plan.verdicts.map((verdict) => verdict.service)).size,
    watch: report.kinds(),
    problems: plan.problems.map(problemJson),
  };
}

/** The routes that are wanted, each with whether the speaker holds it, and the verdicts behind them. */
export function routesJson(report: Report): RoutesJson {
  const { node, excluded, routes, verdicts } = report.plan();
  return {
    node,
    excluded,
    routes: routes.map((route) => ({ ...routeJson(route), held: report.holds(route.prefix) })),
    verdicts: verdicts.map(verdictJson),
  };
}

export async function peersJson(report: Report): Promise<PeersJson> {
  const peers = await report.peers();
  const { node, peers: planned, problems } = report.plan();
  return {
    node,
    peers: planned.map((peer) => {
      const session = peers.find(({ name }) => name === peer.name);
      const { routes, ...named } = peerJson(peer);
      return {
        ...named,
        state: session?.state ?? "idle",
        since: stamp(session?.sinceMs),
        establishedSince: stamp(session?.establishedAtMs),
        drops: session?.drops ?? 0,
        lastDrop: stamp(session?.lastDrop?.atMs),
        lastError: session?.lastError ?? null,
        negotiated: session?.negotiated ?? null,
        advertised: session?.advertised ?? {},
        accepted: session?.accepted ?? {},
        routes,
      };
    }),
    problems: problems.filter(({ object }) => object.startsWith("BGPPeer/")).map(problemJson),
  };
}

function stamp(ms: number | null | undefined): string | null {
  return ms == null ? null : new Date(ms).toISOString();
}
