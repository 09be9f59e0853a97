// Plays a scenario in the lab: the ToR's kernel is the judge, by the set of next hops of each prefix.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { families } from "../../agent/model/family.ts";
import { parseManifests } from "../../lab/cluster/manifest.ts";
import { asPrinted } from "../../lab/rack/kernel-routes.ts";
import { nodeAddresses } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { projectRoot } from "../support/paths.ts";
import { until } from "../support/until.ts";
import type { Expectation, OnNodes, RouteOnNode } from "./expectation.ts";
import { asObject, baseObjects, ObjectStore, qualifiedName } from "./manifests.ts";
import { ScenarioError } from "./reader.ts";
import { loadScenario, scenarioNames } from "./scenario.ts";
import type { Scenario, Step } from "./scenario.ts";

/** Waits until what `look` sees is what is wanted, or tells that it is not. */
export type Judge = (title: string, look: () => Promise<unknown>, wanted: unknown) => Promise<void>;

/** @throws {ScenarioError} for a name that there is not, or a scenario that needs more than flags of the agents. */
export function labScenario(name: string): Scenario {
  const names = scenarioNames();
  if (!names.includes(name))
    throw new ScenarioError(`there is no scenario "${name}"; there are ${names.join(", ")}`);
  const scenario = loadScenario(name);
  if (Object.keys(scenario.environment).length > 0)
    throw new ScenarioError(`${name}: the lab's agents have no environment of their own; play it offline`);
  return scenario;
}

/**
 * Plays a scenario on a rack with a directory of manifests, and leaves the rack with nothing but nodes and peer. The
 * rack's agents must run with the scenario's settings: see `agentFlags`.
 */
export async function playInLab(rack: Rack, scenario: Scenario, judge: Judge = insist): Promise<void> {
  const store = new ObjectStore();
  await rack.apply(baseObjects());
  await rack.apply(scenario.given);
  for (const object of scenario.given) store.put(object);
  try {
    for (const step of scenario.steps) {
      await take(rack, store, step);
      await judge(`${step.title} (${step.place})`, () => nextHopsAt(rack), wantedNextHops(step.then));
    }
  } finally {
    for (const object of store.all()) await rack.delete(object.kind, qualifiedName(object));
    await rack.apply(baseObjects());
  }
  // With pod CIDRs the nodes themselves are enough to announce something.
  if (!scenario.settings.has("pod-cidrs"))
    await judge("nothing is announced afterwards", () => nextHopsAt(rack), {});
}

/** Takes away what a rack shows by itself, so that scenarios begin with nodes and peer alone. */
export async function emptyRack(rack: Rack): Promise<void> {
  const kept = baseObjects().map(nameOf);
  const objects = ["lab/manifests", "lab/manifests/plain"].flatMap((folder) =>
    readdirSync(join(projectRoot, folder))
      .filter((file) => file.endsWith(".yaml"))
      .flatMap((file) => parseManifests(readFileSync(join(projectRoot, folder, file), "utf8"))),
  );
  for (const object of objects.map(asObject))
    if (object !== null && !kept.includes(nameOf(object)))
      await rack.delete(object.kind, qualifiedName(object));
}

function nameOf(object: Parameters<typeof qualifiedName>[0]): string {
  return `${object.kind}/${qualifiedName(object)}`;
}

async function take(rack: Rack, store: ObjectStore, step: Step): Promise<void> {
  if (step.apply.length > 0) await rack.apply(step.apply);
  for (const object of step.apply) store.put(object);
  for (const { name, patch } of step.patch) await rack.patch(name.kind, name.name, patch);
  for (const name of step.delete) {
    await rack.delete(name.kind, name.name);
    store.delete(name);
  }
}

/** Prefix, as the kernel prints it, → next hops, sorted. */
type NextHops = Readonly<Record<string, readonly string[]>>;

async function nextHopsAt(rack: Rack): Promise<NextHops> {
  const routes = await Promise.all(families.map((family) => rack.tor.allRoutes(family)));
  return Object.fromEntries(routes.flatMap((each) => [...each]));
}

function wantedNextHops({ routes }: Expectation): NextHops {
  return Object.fromEntries(
    [...routes].map(([prefix, nodes]) => {
      const family = prefix.includes(":") ? "ipv6" : "ipv4";
      return [
        asPrinted(prefix),
        preferred(nodes)
          .map((node) => nodeAddresses[node][family])
          .sort(),
      ];
    }),
  );
}

/** Fails with what is seen in place of what is wanted. */
async function insist(title: string, look: () => Promise<unknown>, wanted: unknown): Promise<void> {
  await until(
    title,
    async () => {
      const seen = await look();
      if (isDeepStrictEqual(seen, wanted)) return true;
      throw new Error(`the ToR has ${JSON.stringify(seen)}, not ${JSON.stringify(wanted)}`);
    },
    { timeoutMs: 20_000, everyMs: 50 },
  );
}

/** Of the nodes that announce a prefix those whose paths the ToR likes best (RFC 4271 §9.1.2.2), it being an iBGP peer. */
function preferred(nodes: OnNodes<RouteOnNode>): readonly NodeName[] {
  const rank = ({ localPref, med }: RouteOnNode) => [-(localPref ?? 100), med ?? 0] as const;
  const ranked = [...nodes].map(([node, route]) => ({ node, rank: rank(route) }));
  const [best] = ranked.toSorted((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]);
  return ranked.filter((each) => isDeepStrictEqual(each.rank, best?.rank)).map(({ node }) => node);
}
