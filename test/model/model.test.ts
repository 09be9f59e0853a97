// Random histories of every kind of object. Three answers must agree after every step: the agent's, kept up to date as
// in the loop; the agent's, decided from scratch; and the oracle's, which is written from the rules alone.
//
// BELLMAN_MODEL_HISTORIES and BELLMAN_MODEL_STEPS ask for more (npm run test:long), BELLMAN_MODEL_SEED for the same again.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { asManifests, play } from "./history.ts";
import type { History } from "./history.ts";
import { beginning, step } from "./steps.ts";

function numberFrom(name: string, otherwise: number): number {
  return Number(process.env[name] ?? otherwise);
}

const histories = numberFrom("BELLMAN_MODEL_HISTORIES", 2_000);
const maxSteps = numberFrom("BELLMAN_MODEL_STEPS", 12);
const seed = process.env["BELLMAN_MODEL_SEED"];

const settings = fc.record({
  excludeLabel: fc.constantFrom(
    "kubernetes" as const,
    "kubernetes" as const,
    "calico" as const,
    "ignore" as const,
  ),
  terminating: fc.constantFrom("deprefer" as const, "keep" as const, "withdraw" as const),
  drainTaint: fc.constantFrom(null, "maintenance"),
  loadBalancerClass: fc.constantFrom(null, null, null, "example.com/bgp"),
  podCidrs: fc.constantFrom("off" as const, "node" as const),
  clusterIPs: fc.constantFrom(null, null, null, null, "10.49.0.0/24,nonsense,fd10::1/128", "10.49.0.1/32"),
});

const history: fc.Arbitrary<History> = fc
  .record({ settings, beginning, steps: fc.array(step, { maxLength: maxSteps, size: "max" }) })
  .map(({ settings: chosen, beginning: first, steps }) => ({ settings: chosen, steps: [first, ...steps] }));

it(`after each step of ${histories} histories the agent holds what the rules say`, () => {
  const result = fc.check(
    fc.property(fc.noBias(history), (each) => play(each) === null),
    { numRuns: histories, ...(seed !== undefined && { seed: Number(seed) }) },
  );
  expect(result.failed, told(result)).toBe(false);
});

/** What differs, and the shortest history that shows it, as manifests. */
function told(result: fc.RunDetails<[History]>): string {
  const [found] = result.counterexample ?? [];
  if (found === undefined) return "";
  const difference = play(found);
  const what =
    difference === null
      ? String(result.errorInstance)
      : `after step ${difference.step}, ${difference.between}: ${difference.found}`;
  return `BELLMAN_MODEL_SEED=${result.seed}: ${what}\n${asManifests(found)}`;
}
