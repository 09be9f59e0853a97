// Every scenario, played offline. With BELLMAN_UPDATE_SCENARIOS=1 what is found is written into the files instead.
import { expect, test } from "vitest";
import { playOffline } from "./offline.ts";
import { loadScenario, scenarioNames } from "./scenario.ts";
import { updateScenario } from "./update.ts";

const update = process.env["BELLMAN_UPDATE_SCENARIOS"] === "1";

for (const name of scenarioNames()) {
  const { rows, title } = loadScenario(name);
  test(`${rows.join(", ")}: ${title}`, () => {
    if (update) updateScenario(loadScenario(name));
    expect(playOffline(loadScenario(name))).toEqual([]);
  });
}
