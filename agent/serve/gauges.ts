// Gauges that are taken from the agent's own report at each scrape; series of what is gone disappear.
import { Counter, Gauge } from "prom-client";
import type { Registry } from "prom-client";
import { families } from "../model/family.ts";
import { sessionStates } from "../model/peer.ts";
import type { PeerReport, Report } from "../reconcile/report.ts";

const drainValues = { off: 0, marking: 1, marked: 1, withdrawn: 2 } as const;

/** Registers the gauges and returns what brings them up to date, to be called before each scrape. */
export function createGauges(registry: Registry, report: Report): () => Promise<void> {
  const gauges: Gauge[] = [];
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L> => {
    const made = new Gauge({ name, help, labelNames, registers: [registry] });
    gauges.push(made);
    return made;
  };
  const peerState = gauge("bellman_peer_state", "1 for the state a session is in.", "peer", "state");
  const peerSince = gauge(
    "bellman_peer_established_timestamp_seconds",
    "Since when the session is up.",
    "peer",
  );
  const peerDrops = new Counter({
    name: "bellman_peer_drops_total",
    help: "Times an established session was lost, since the agent started.",
    labelNames: ["peer"],
    registers: [registry],
  });
  const peerLastDrop = gauge(
    "bellman_peer_last_drop_timestamp_seconds",
    "When an established session was lost last.",
    "peer",
  );
  const peerLastError = gauge(
    "bellman_peer_last_error",
    "1 for why the session is not established, or was lost last, as the speaker says it.",
    "peer",
    "reason",
  );
  const holdTime = gauge("bellman_peer_hold_time_seconds", "Hold time that both sides agreed on.", "peer");
  const accepted = gauge(
    "bellman_peer_accepted_routes",
    "Routes taken from the peer; none is used.",
    "peer",
    "family",
  );
  const peerRoutes = gauge("bellman_peer_routes", "Routes sent to the peer.", "peer", "family");
  const routes = gauge("bellman_routes", "Routes wanted, and held by the speaker.", "family", "state");
  const verdicts = gauge("bellman_verdicts", "Verdicts on service addresses, by reason.", "reason");
  const engineUp = gauge("bellman_engine_up", "Whether the speaker is connected.", "engine", "version");
  const stale = gauge("bellman_watch_stale_seconds", "For how long a kind has not been watched.", "kind");
  const objects = gauge("bellman_objects", "Objects in the picture.", "kind");
  const problems = gauge("bellman_config_problems", "Problems found in objects.", "kind", "severity");
  const draining = gauge(
    "bellman_draining",
    "0: the node is not drained. 1: its routes are marked, or about to be. 2: they are withdrawn.",
  );
  const excluded = gauge("bellman_node_excluded", "1 while the node is excluded by its label.");

  const setPeer = (peer: PeerReport) => {
    for (const state of sessionStates)
      peerState.set({ peer: peer.name, state }, Number(state === peer.state));
    if (peer.establishedAtMs !== null) peerSince.set({ peer: peer.name }, peer.establishedAtMs / 1000);
    peerDrops.inc({ peer: peer.name }, peer.drops);
    if (peer.lastDrop !== null) peerLastDrop.set({ peer: peer.name }, peer.lastDrop.atMs / 1000);
    if (peer.lastError !== null) peerLastError.set({ peer: peer.name, reason: peer.lastError }, 1);
    if (peer.negotiated !== null) holdTime.set({ peer: peer.name }, peer.negotiated.holdTimeSeconds);
    for (const family of families) {
      const [sent, taken] = [peer.advertised[family], peer.accepted[family]];
      if (sent !== undefined) peerRoutes.set({ peer: peer.name, family }, sent);
      if (taken !== undefined) accepted.set({ peer: peer.name, family }, taken);
    }
  };

  return async () => {
    const peers = await report.peers();
    // No await from here on: two scrapes at once must not mix.
    for (const each of [...gauges, peerDrops]) each.reset();
    for (const peer of peers) setPeer(peer);
    const counts = report.routeCounts();
    for (const family of families) {
      routes.set({ family, state: "wanted" }, counts.wanted[family]);
      routes.set({ family, state: "held" }, counts.held[family]);
    }
    for (const [reason, count] of report.verdictCounts()) verdicts.set({ reason }, count);
    const engine = report.engine();
    engineUp.set({ engine: engine.name, version: engine.version ?? "" }, Number(engine.up));
    for (const { kind, objects: count, staleSeconds } of report.kinds()) {
      objects.set({ kind }, count);
      stale.set({ kind }, staleSeconds);
    }
    for (const { object, severity } of report.problems())
      problems.inc({ kind: object.split("/", 1)[0] ?? "", severity });
    excluded.set(Number(report.excluded()));
    draining.set(drainValues[report.drain().phase]);
  };
}
