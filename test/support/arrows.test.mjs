// The lint rule on imports is itself something that can break unseen.
import { Linter } from "eslint";
import tseslint from "typescript-eslint";
import { expect, test } from "vitest";
import { againstTheArrows } from "../../eslint.arrows.mjs";

const parser = { files: ["**/*.ts"], languageOptions: { parser: tseslint.parser } };

function complaints(filename, code) {
  const messages = new Linter({ configType: "flat" }).verify(code, [parser, ...againstTheArrows], {
    filename,
  });
  return messages.map(({ ruleId }) => ruleId);
}

test.each([
  ["agent/decide/decide.ts", 'import { x } from "../engine/contract.ts";'],
  ["agent/decide/decide.ts", 'import { x } from "../watch/cluster.ts";'],
  ["agent/model/route.ts", 'import { x } from "../plan/plan.ts";'],
  ["agent/engine/gobgp/routes.ts", 'import { x } from "../../decide/decide.ts";'],
  ["agent/watch/cluster.ts", 'import type { X } from "../reconcile/loop.ts";'],
  ["agent/serve/api.ts", 'import { x } from "../engine/contract.ts";'],
  ["agent/reconcile/loop.ts", 'import { x } from "../../lab/rack/rack.ts";'],
])("%s must not contain %s", (filename, code) => {
  expect(complaints(filename, code)).toEqual(["no-restricted-imports"]);
});

test.each([
  ["agent/decide/decide.ts", 'import { readFileSync } from "node:fs";', "no-restricted-imports"],
  ["agent/plan/plan.ts", "const now = Date.now();", "no-restricted-properties"],
  ["agent/decide/decide.ts", "const chance = Math.random();", "no-restricted-properties"],
  ["agent/model/route.ts", "setTimeout(() => undefined, 1);", "no-restricted-globals"],
])("%s stays pure: no %s", (filename, code, rule) => {
  expect(complaints(filename, code)).toEqual([rule]);
});

test.each([
  [
    "agent/decide/decide.ts",
    'import { x } from "../model/route.ts"; import type { Y } from "../config/node-config.ts";',
  ],
  ["agent/decide/decide.ts", 'import { x } from "./gates.ts";'],
  [
    "agent/reconcile/loop.ts",
    'import { x } from "../engine/contract.ts"; import { y } from "../watch/cluster.ts";',
  ],
  ["agent/decide/decide.test.ts", 'import { readFileSync } from "node:fs";'],
])("%s may contain %s", (filename, code) => {
  expect(complaints(filename, code)).toEqual([]);
});
