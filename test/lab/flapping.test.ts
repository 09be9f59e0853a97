// A session that is torn down every two seconds, for a minute, beside a good one of the same node.
import { afterAll, beforeAll, expect, it } from "vitest";
import { at, items } from "../../lab/rack/json.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { until } from "../support/until.ts";
import { kernelHas } from "./expect-routes.ts";
import { unseenBy } from "./tor-session.ts";

const nodes = ["n1", "n2", "n3"] as const;
const aggregates = ["10.49.0.0/16", "192.168.3.0/24", "192.168.5.0/24", "fd00:10:49::/112"];
const hostRoutes = ["10.49.62.131/32", "fd00:10:49::6283/128"];

let rack: Rack;
beforeAll(async () => {
  rack = await startRack({ prefix: `flp${process.pid}`, tor: ["frr", "bird"], ebgp: true, proxies: false });
  await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
  await bothComplete();
});
afterAll(() => rack.down());

async function bothComplete(): Promise<void> {
  for (const tor of rack.tors) {
    for (const prefix of aggregates) await kernelHas(tor, prefix, nodes);
    for (const prefix of hostRoutes) await kernelHas(tor, prefix, ["n1", "n2"]);
  }
}

async function session(name: string): Promise<unknown> {
  const peers = items(at(await rack.node("n1").agent.api("peers"), "peers"));
  return peers.find((each) => at(each, "name") === name);
}

it("a session that flaps every two seconds for a minute costs the good one no route event, and the log a line or two each time", async () => {
  const [good, bad] = rack.tors;
  if (good === undefined || bad === undefined) throw new Error("the rack has two ToRs");
  const { agent } = rack.node("n1");
  const lines = agent.log().length;
  const before = await session("tor1-n1");
  const flaps = 30;
  let next = performance.now();
  await unseenBy(good, async () => {
    for (let flap = 0; flap < flaps; flap++) {
      await until("two seconds are over", () => performance.now() >= next, { everyMs: 50 });
      next += 2_000;
      // gobgpd takes some seconds to come back: some of these hit a session that is just coming up.
      await bad.router.command("restart n1");
    }
    await until("it is up again", async () => (await bad.sessions()).n1.established, { timeoutMs: 30_000 });
    await bothComplete();
  });
  expect(at(await session("tor2-n1"), "drops")).toBeGreaterThan(1);
  expect(await session("tor1-n1")).toEqual(before);
  const log = agent.log().slice(lines);
  expect(log.length).toBeLessThanOrEqual(2 * flaps);
  expect(log.map((entry) => entry["address"])).not.toContain("192.168.1.1");
}, 180_000);
