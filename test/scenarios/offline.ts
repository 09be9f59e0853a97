// Plays a scenario through the code that decides on the nodes, without clock, API and speaker.
import { isDeepStrictEqual } from "node:util";
import { readSettings } from "../../agent/config/settings.ts";
import { nodeNames } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { kindNames } from "../../agent/watch/kinds.ts";
import { planJson } from "../../agent/plan/json.ts";
import type { Plan } from "../../agent/plan/plan.ts";
import { differences } from "./compare.ts";
import { baseObjects, ObjectStore, pictureKey } from "./manifests.ts";
import type { ScenarioObject } from "./manifests.ts";
import { NodeSim } from "./node-sim.ts";
import type { Event } from "./node-sim.ts";
import { ScenarioError } from "./reader.ts";
import type { Scenario, Step } from "./scenario.ts";

export type Plans = ReadonlyMap<NodeName, Plan>;

/** @returns what is other than expected, each with file, line and step; nothing when all is as written. */
export function playOffline(scenario: Scenario): readonly string[] {
  return [...plansOf(scenario)].flatMap(({ step, plans, unlikeScratch }) => [
    ...differences(step.then, plans).map(
      (difference) => `${step.place}: after "${step.title}": ${difference}`,
    ),
    ...unlikeScratch.map(
      (node) => `${step.place}: after "${step.title}": ${node} decides otherwise from scratch`,
    ),
  ]);
}

export interface Played {
  readonly step: Step;
  readonly plans: Plans;
  /** Nodes whose state, kept up to date, is other than one made at once. */
  readonly unlikeScratch: readonly NodeName[];
}

/** The plans of all nodes after each step. @throws {ScenarioError} for a step that cannot be taken. */
export function* plansOf(scenario: Scenario): Iterable<Played> {
  const store = new ObjectStore();
  const nodes = nodeNames.map((name) => ({ name, sim: new NodeSim(settingsOf(scenario, name)) }));
  for (const object of [...baseObjects(), ...scenario.given]) store.put(object);
  for (const { sim } of nodes) start(sim, store);
  for (const step of scenario.steps) {
    for (const event of eventsOf(step, store)) for (const { sim } of nodes) sim.take(event);
    for (const { sim } of nodes) sim.refresh();
    const unlike = nodes.filter(({ sim }) => !samePlan(sim.plan(), sim.planFromScratch()));
    yield {
      step,
      plans: new Map(nodes.map(({ name, sim }) => [name, sim.plan()])),
      unlikeScratch: unlike.map(({ name }) => name),
    };
  }
}

/** As the agent on a node would read them. */
export function settingsOf({ settings, environment, file }: Scenario, node: NodeName) {
  const argv = ["--node-name", node, ...agentFlags(settings)];
  try {
    return readSettings({ argv, env: environment, hostname: node });
  } catch (cause) {
    throw new ScenarioError(`${file}: settings: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

export function agentFlags(settings: Scenario["settings"]): readonly string[] {
  return [...settings].flatMap(([flag, value]) => [`--${flag}`, value]);
}

function start(sim: NodeSim, store: ObjectStore): void {
  for (const kind of kindNames)
    sim.take({ t: "relist", kind, wires: store.all().filter((object) => object.kind === kind) });
  sim.refresh();
}

function* eventsOf(step: Step, store: ObjectStore): Iterable<Event> {
  for (const object of step.apply) {
    store.put(object);
    yield set(object);
  }
  for (const { name, patch } of step.patch) {
    const object = store.patch(name, patch);
    if (object === null)
      throw new ScenarioError(`${step.place}: there is no ${name.kind} ${name.name} to patch`);
    yield set(object);
  }
  for (const name of step.delete) {
    const object = store.delete(name);
    if (object === null)
      throw new ScenarioError(`${step.place}: there is no ${name.kind} ${name.name} to delete`);
    yield { t: "remove", kind: object.kind, key: pictureKey(object) };
  }
}

function set(object: ScenarioObject): Event {
  return { t: "set", kind: object.kind, wire: object };
}

function samePlan(a: Plan, b: Plan): boolean {
  return isDeepStrictEqual(planJson(a), planJson(b));
}
