// Scenarios on one rack, one after the other: what they expect of the nodes, the ToR must show in its kernel.
import { afterAll, beforeAll, expect, test } from "vitest";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { takingAnyPrefix } from "../../lab/rack/shape.ts";
import { until } from "../support/until.ts";
import { emptyRack, playInLab } from "../scenarios/lab.ts";
import { loadScenario } from "../scenarios/scenario.ts";

let rack: Rack;

beforeAll(async () => {
  rack = await startRack({ prefix: `scn${process.pid}`, tor: "bird", torConfig: takingAnyPrefix });
  await emptyRack(rack);
  await until("every node's session is up", async () =>
    Object.values(await rack.tor.sessions()).every(({ established }) => established),
  );
});
afterAll(() => rack.down());

/** Those that need no setting of the agents. */
const names = [
  "local-policy",
  "exact-entries",
  "cluster-ip-annotation",
  "outside-the-list",
  "service-deleting",
  "slices-vanish",
  "starting-pods",
  "terminating-deprefer",
  "one-family-serves",
  "shared-address",
  "load-balancer-list-edited",
  "aggregation-disabled",
  "network-unavailable",
  "node-excluded",
  "cordoned-node",
];

for (const name of names) {
  const scenario = loadScenario(name);
  test(`${scenario.rows.join(", ")}: ${scenario.title}`, async () => {
    const sessions = await rack.tor.sessions();
    await playInLab(rack, scenario);
    // No change of configuration here is one for which a session would have to be reset.
    expect(await rack.tor.sessions()).toEqual(sessions);
  });
}
