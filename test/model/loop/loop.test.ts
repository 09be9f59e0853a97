// Random histories of a node whose new routes wait for its proxy and which is drained and undrained, with faults of
// agent and speaker in between; after every step the oracle, written from the rules alone, must find nothing wrong.
//
// BELLMAN_MODEL_HISTORIES and BELLMAN_MODEL_STEPS ask for more, BELLMAN_MODEL_SEED for the same again.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { playGate } from "./play.ts";
import type { GateHistory } from "./play.ts";
import { beginning, step } from "./steps.ts";

const histories = Number(process.env["BELLMAN_MODEL_HISTORIES"] ?? 6_000);
const maxLength = Number(process.env["BELLMAN_MODEL_STEPS"] ?? 20);
const seed = process.env["BELLMAN_MODEL_SEED"];

const history: fc.Arbitrary<GateHistory> = fc.record({
  proxy: fc.constantFrom("syncs" as const, "syncs" as const, "syncs" as const, "absent" as const),
  services: beginning,
  steps: fc.array(step, { maxLength, size: "max" }),
});

it(`N8, R9: in ${histories} histories the gate takes nothing away, and holds back what is new, up to its maximum wait`, async () => {
  const result = await fc.check(
    fc.asyncProperty(fc.noBias(history), async (each) => (await playGate(each)) === null),
    { numRuns: histories, ...(seed !== undefined && { seed: Number(seed) }) },
  );
  const [found] = result.counterexample ?? [];
  const what = found === undefined ? "" : ((await playGate(found)) ?? String(result.errorInstance));
  expect(result.failed, `BELLMAN_MODEL_SEED=${result.seed}: ${what}\n${told(found)}`).toBe(false);
});

function told(found: GateHistory | undefined): string {
  if (found === undefined) return "";
  const { steps, ...start } = found;
  return [start, ...steps].map((each) => JSON.stringify(each)).join("\n");
}
