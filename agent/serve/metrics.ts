// The metrics, under the names of docs/reference: counters follow the work, gauges are taken at each scrape.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { ReconcileObserver } from "../reconcile/observer.ts";

/** From half a millisecond to ten seconds. */
const buckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface Metrics {
  readonly registry: Registry;
  readonly reconcile: ReconcileObserver;
  readonly watch: {
    event(kind: string, type: string): void;
    relist(kind: string, reason: string): void;
  };
}

export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "bellman_build_info",
    help: "Constant 1, labelled with the version of the agent and of Node.js.",
    labelNames: ["version", "node_version"],
    registers,
  }).set({ version, node_version: process.version }, 1);
  const eventToApply = new Histogram({
    name: "bellman_event_to_apply_seconds",
    help: "From an API event received to the speaker holding what follows from it.",
    buckets,
    registers,
  });
  const triggerToApply = new Histogram({
    name: "bellman_trigger_to_apply_seconds",
    help: "From the change of endpoints, as stamped into the slice, to the speaker holding what follows from it.",
    buckets,
    registers,
  });
  const apply = new Histogram({
    name: "bellman_apply_seconds",
    help: "Duration of one apply to the speaker.",
    labelNames: ["op"],
    buckets,
    registers,
  });
  const dataplaneWait = new Histogram({
    name: "bellman_dataplane_wait_seconds",
    help: "For how long a new host route was held back until the proxy on the node served it, by outcome.",
    labelNames: ["outcome"],
    buckets,
    registers,
  });
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name, help, labelNames, registers });
  const applyErrors = counter(
    "bellman_apply_errors_total",
    "Applies and items that the speaker failed.",
    "code",
  );
  const driftRepairs = counter(
    "bellman_drift_repairs_total",
    "Items that another hand had changed in the speaker.",
  );
  const engineRestarts = counter("bellman_engine_restarts_total", "Times the speaker came back empty.");
  const watchEvents = counter("bellman_watch_events_total", "Events received from the API.", "kind", "type");
  const watchRelists = counter(
    "bellman_watch_relists_total",
    "Lists requested from the API.",
    "kind",
    "reason",
  );
  return {
    registry,
    reconcile: {
      eventApplied: (seconds) => eventToApply.observe(seconds),
      triggerApplied: (seconds) => triggerToApply.observe(seconds),
      applied: (op, seconds) => apply.observe({ op }, seconds),
      applyFailed: (code) => applyErrors.inc({ code }),
      driftRepaired: (items) => driftRepairs.inc(items),
      dataplaneWaited: (outcome, seconds) => dataplaneWait.observe({ outcome }, seconds),
      engineRestarted: () => engineRestarts.inc(),
    },
    watch: {
      event: (kind, type) => watchEvents.inc({ kind, type }),
      relist: (kind, reason) => watchRelists.inc({ kind, reason }),
    },
  };
}
