// A history played against the agent's decisions, kept up to date and from scratch, and against the oracle.
import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { kindNames } from "../../agent/watch/kinds.ts";
import type { Kind } from "../../agent/watch/kinds.ts";
import { planJson } from "../../agent/plan/json.ts";
import type { Plan } from "../../agent/plan/plan.ts";
import { readSettings } from "../../agent/config/settings.ts";
import { NodeSim } from "../scenarios/node-sim.ts";
import type { Event } from "../scenarios/node-sim.ts";
import { Oracle } from "./oracle/oracle.ts";
import type { Answer, World } from "./oracle/oracle.ts";
import type { Settings } from "./oracle/settings.ts";
import { eventsOf, keyOf } from "./steps.ts";
import type { Happening } from "./steps.ts";

export interface History {
  readonly settings: Settings;
  readonly steps: readonly (readonly Happening[])[];
}

export interface Difference {
  /** After which step, from 0. */
  readonly step: number;
  readonly between: string;
  readonly found: string;
}

/** null: everybody agrees after every step. */
export function play(history: History): Difference | null {
  const world = new LiveWorld();
  const sim = new NodeSim(agentSettings(history.settings));
  const oracle = new Oracle(history.settings);
  for (const kind of kindNames) sim.take({ t: "relist", kind, wires: [] });
  for (const [step, happenings] of history.steps.entries()) {
    for (const happening of happenings)
      for (const event of eventsOf(happening, world.objects)) {
        world.take(event);
        sim.take(event);
      }
    sim.refresh();
    const plan = sim.plan();
    const scratch = difference(planJson(plan), planJson(sim.planFromScratch()));
    if (scratch !== null) return { step, between: "kept up to date / from scratch", found: scratch };
    const followed = difference(
      { routes: plan.routes.map(onTheWire) },
      { routes: sim.followed().map(onTheWire) },
    );
    if (followed !== null) return { step, between: "wanted / followed by what was touched", found: followed };
    const wanted = oracle.answer(world.objects, world.lastNode);
    const found = difference(comparable(plan), comparable(wanted));
    if (found !== null) return { step, between: "the agent / the oracle", found };
  }
  return null;
}

function agentSettings(settings: Settings) {
  const { clusterIPs, drainTaint, excludeLabel, loadBalancerClass, podCidrs, terminating } = settings;
  const argv = ["--exclude-label", excludeLabel, "--terminating", terminating, "--pod-cidrs", podCidrs];
  if (drainTaint !== null) argv.push("--drain-taints", drainTaint);
  if (loadBalancerClass !== null) argv.push("--load-balancer-class", loadBalancerClass);
  const env = clusterIPs === null ? {} : { CALICO_ADVERTISE_CLUSTER_IPS: clusterIPs };
  return readSettings({ argv, env, hostname: "n1" });
}

/** The objects that there are, and the own node as it was last seen. */
class LiveWorld {
  readonly #objects = {
    Service: new Map<string, unknown>(),
    EndpointSlice: new Map<string, unknown>(),
    Node: new Map<string, unknown>(),
    BGPConfiguration: new Map<string, unknown>(),
    BGPPeer: new Map<string, unknown>(),
    BGPFilter: new Map<string, unknown>(),
    Secret: new Map<string, unknown>(),
  } satisfies Record<Kind, Map<string, unknown>>;
  lastNode: unknown = undefined;

  get objects(): World {
    return this.#objects;
  }

  take(event: Event): void {
    const objects = this.#objects[event.kind];
    if (event.t === "remove") objects.delete(event.key);
    else if (event.t === "set") objects.set(keyOf(event.wire), event.wire);
    else {
      objects.clear();
      for (const wire of event.wires) objects.set(keyOf(wire), wire);
    }
    this.lastNode = this.#objects.Node.get("n1") ?? this.lastNode;
  }
}

/** What a speaker is told of a route. */
function onTheWire(route: Answer["routes"][number]) {
  return {
    prefix: route.prefix,
    nextHop: route.nextHop,
    communities: [...route.communities],
    largeCommunities: [...route.largeCommunities],
    med: route.med,
    localPref: route.localPref,
    prepend: route.prepend,
  };
}

/** What both sides speak of, in one form and order. */
function comparable({ excluded, routes, verdicts, guard }: Plan | Answer) {
  return {
    excluded,
    guard: [...guard],
    routes: routes.map((route) => ({
      ...onTheWire(route),
      reason: route.reason,
      services: [...route.services],
    })),
    verdicts: verdicts
      .map(({ service, address, announce, reason }) =>
        [service, address ?? "-", announce ? "+" : "-", reason].join(" "),
      )
      .sort(),
  };
}

/** The first entries in which two answers differ; null: they are the same. */
function difference(left: object, right: object): string | null {
  for (const [key, value] of Object.entries(left)) {
    const other: unknown = Reflect.get(right, key);
    if (isDeepStrictEqual(value, other)) continue;
    if (!Array.isArray(value) || !Array.isArray(other)) return `${key}: ${show(value)} / ${show(other)}`;
    const index = value.findIndex((each, at) => !isDeepStrictEqual(each, other[at]));
    const at = index < 0 ? value.length : index;
    return `${key}[${at}]: ${show(value[at])} / ${show(other[at])}`;
  }
  return null;
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

/** The history as manifests, for a person to play by hand. */
export function asManifests({ settings, steps }: History): string {
  const world = new LiveWorld();
  const lines = [`# settings: ${JSON.stringify(settings)}`];
  for (const [step, happenings] of steps.entries()) {
    lines.push(`# step ${step}`);
    for (const event of happenings.flatMap((happening) => takeAll(happening, world)))
      lines.push(asManifest(event));
  }
  return lines.join("\n");
}

function takeAll(happening: Happening, world: LiveWorld): readonly Event[] {
  const events = eventsOf(happening, world.objects);
  for (const event of events) world.take(event);
  return events;
}

function asManifest(event: Event): string {
  switch (event.t) {
    case "set":
      return `--- # apply\n${stringify(event.wire)}`;
    case "remove":
      return `# delete ${event.kind} ${event.key}`;
    case "relist":
      return [
        `# list of ${event.kind}, nothing else is there`,
        ...event.wires.map((wire) => `---\n${stringify(wire)}`),
      ].join("\n");
  }
}
