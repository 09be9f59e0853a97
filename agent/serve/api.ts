// The JSON API's answers, made from the agent's report.
import { problemJson, routeJson, verdictJson } from "../plan/json.ts";
import type { Report } from "../reconcile/report.ts";

export function statusJson(report: Report, version: string): object {
  const plan = report.plan();
  const notReady = report.notReady();
  const counts = report.routeCounts();
  return {
    node: plan.node,
    version,
    ready: notReady === null,
    ...(notReady !== null && { notReady }),
    excluded: plan.excluded,
    engine: report.engine(),
    routes: counts,
    services: new Set(plan.verdicts.map((verdict) => verdict.service)).size,
    watch: report.kinds(),
    problems: plan.problems.map(problemJson),
  };
}

/** The routes that are wanted, each with whether the speaker holds it, and the verdicts behind them. */
export function routesJson(report: Report): object {
  const { node, excluded, routes, verdicts } = report.plan();
  return {
    node,
    excluded,
    routes: routes.map((route) => ({ ...routeJson(route), held: report.holds(route.prefix) })),
    verdicts: verdicts.map(verdictJson),
  };
}

export async function peersJson(report: Report): Promise<object> {
  const peers = await report.peers();
  const { node, peers: planned } = report.plan();
  return {
    node,
    peers: planned.map(({ name, address, port, asn, localAsn, routes }) => {
      const session = peers.find((peer) => peer.name === name);
      const since = session?.establishedAtMs ?? null;
      return {
        name,
        address,
        port,
        asn,
        localAsn,
        state: session?.state ?? "idle",
        establishedSince: since === null ? null : new Date(since).toISOString(),
        advertised: session?.advertised ?? {},
        routes,
      };
    }),
  };
}
