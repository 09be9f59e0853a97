// Speakers that are frozen: they close nothing and answer nobody. Two ToRs, one with FRR and one with BIRD, and gobgpd, FRR
// and BIRD on the nodes, without graceful restart: with it FRR as ToR would keep a silent FRR's routes (RFC 8538).
import { afterAll, beforeAll, expect, it } from "vitest";
import { at } from "../../lab/rack/json.ts";
import { nodeNames } from "../../lab/rack/layout.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { until } from "../support/until.ts";
import { kernelHas, nextHopsOf } from "./expect-routes.ts";

const aggregates = ["10.49.0.0/16", "fd00:10:49::/112"];
const hostRoutes = ["10.49.62.131/32", "fd00:10:49::6283/128"];

let rack: Rack;

beforeAll(async () => {
  const tor = ["frr", "bird"] as const;
  rack = await startRack({ prefix: `frz${process.pid}`, tor, ebgp: true, engine: "mixed" });
  await rack.setPods(
    "nginx",
    nodeNames.map((node) => ({ pod: `nginx-${node}`, node })),
  );
  await nginxIs("Local");
});
afterAll(() => rack.down());

const policyIs = (externalTrafficPolicy: "Local" | "Cluster") =>
  rack.patch("Service", "nginx", { spec: { externalTrafficPolicy } });

/** Sets nginx's policy and waits until both ToRs have what comes of it. */
async function nginxIs(policy: "Local" | "Cluster"): Promise<void> {
  await policyIs(policy);
  for (const tor of rack.tors) {
    for (const prefix of aggregates) await kernelHas(tor, prefix, nodeNames);
    for (const prefix of hostRoutes) await kernelHas(tor, prefix, policy === "Local" ? nodeNames : []);
  }
}

it.each([
  ["gobgp", 20, "n1"],
  ["frr", 10, "n2"],
  ["bird", 10, "n3"],
] as const)(
  "%s is frozen for %i s: that is told, the ToRs give its routes up, and afterwards all is as it was",
  async (_engine, seconds, node) => {
    const { agent, speaker } = rack.node(node);
    const others = nodeNames.filter((each) => each !== node);
    const untouched = async () => ({
      agent: [agent.running, agent.pid],
      sessions: await Promise.all(
        rack.tors.map(async (tor) => ({ ...(await tor.sessions()), [node]: "another" })),
      ),
    });
    const before = await untouched();
    const monitors = await Promise.all(rack.tors.map((tor) => tor.monitor()));
    await speaker.freeze();
    const over = performance.now() + seconds * 1000;
    try {
      await policyIs("Cluster");
      for (const tor of rack.tors) {
        for (const prefix of aggregates) await kernelHas(tor, prefix, others);
        for (const prefix of hostRoutes) await kernelHas(tor, prefix, []);
      }
      for (const state of ["opening", "backoff"])
        await until(
          `it is told while the agent's state is ${state}`,
          async () => {
            expect(at(await agent.api("status"), "engine")).toMatchObject({
              state,
              up: false,
              error: expect.stringContaining("frozen") as string,
            });
            return true;
          },
          // Between two tries, each with a deadline of its own, the pause is short.
          { timeoutMs: 40_000 },
        );
      await until("its time is over", () => performance.now() > over, { timeoutMs: 30_000, everyMs: 200 });
    } finally {
      speaker.thaw();
    }
    await nginxIs("Cluster");
    await agent.ready();
    for (const monitor of monitors) {
      // The others' routes stood all the time.
      for (const { type, prefix, nextHops } of await monitor.events())
        if (type === "set" && aggregates.includes(prefix))
          expect(nextHops).toEqual(expect.arrayContaining([...nextHopsOf(others, prefix)]));
      await monitor.stop();
    }
    expect(await untouched()).toEqual(before);
    await nginxIs("Local");
  },
);
