// What the ToR sees when agents and speakers die and come back: nothing, where nothing changed. A BIRD ToR.
import { existsSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { until } from "../support/until.ts";
import { reachedOver } from "./expect-routes.ts";

const all = ["n1", "n2", "n3"] as const;
const clusterCidr = "10.49.0.0/16";
const nginx = "10.49.62.131/32";

let rack: Rack;

beforeAll(async () => {
  rack = await startRack({ prefix: `rst${process.pid}`, tor: "bird" });
  await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
  await reachedOver(rack, nginx, ["n1", "n2"]);
  await reachedOver(rack, clusterCidr, all);
  await reachedOver(rack, "fd00:10:49::/112", all);
});
afterAll(() => rack.down());

async function metric(node: "n1" | "n2" | "n3", name: string): Promise<number> {
  const { body } = await rack.node(node).agent.get("/metrics");
  const line = body.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

describe("the agent", () => {
  it("R1: killed with -9 and started again, it causes not one route event at the ToR", async () => {
    const monitor = await rack.tor.monitor();
    const sessions = await rack.tor.sessions();
    await rack.node("n1").agent.restart("SIGKILL");
    await rack.node("n1").agent.ready();
    // A change made after the restart shows that the new agent is at work, and that the monitor listens.
    await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Cluster" } });
    await reachedOver(rack, nginx, []);
    const events = (await monitor.events()).filter(
      ({ prefix }) => !["10.49.62.131", "fd00:10:49::6283"].includes(prefix),
    );
    expect(events).toEqual([]);
    expect(await rack.tor.sessions()).toEqual(sessions);
    await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
    await reachedOver(rack, nginx, ["n1", "n2"]);
    await monitor.stop();
  });

  it("keeps the routes when it is ended by SIGTERM", async () => {
    const monitor = await rack.tor.monitor();
    expect(await rack.node("n1").agent.stop("SIGTERM")).toBe(0);
    expect(await monitor.events()).toEqual([]);
    rack.node("n1").agent.start();
    await rack.node("n1").agent.ready();
    expect(await monitor.events()).toEqual([]);
    await monitor.stop();
  });

  it("withdraws what was decided while it was away, and only that", async () => {
    await rack.node("n1").agent.stop("SIGKILL");
    await rack.setPods("nginx", [
      { pod: "nginx-1", node: "n1", ready: false },
      { pod: "nginx-2", node: "n2" },
    ]);
    const monitor = await rack.tor.monitor();
    rack.node("n1").agent.start();
    await reachedOver(rack, nginx, ["n2"]);
    const others = (await monitor.events()).filter(
      ({ prefix }) => !["10.49.62.131", "fd00:10:49::6283"].includes(prefix),
    );
    expect(others).toEqual([]);
    await monitor.stop();
    await rack.setPods("nginx", [
      { pod: "nginx-1", node: "n1" },
      { pod: "nginx-2", node: "n2" },
    ]);
    await reachedOver(rack, nginx, ["n1", "n2"]);
  });
});

describe("an excluded node", () => {
  it("N7: whose agent and speaker are started again announces nothing, not even briefly", async () => {
    const label = "node.kubernetes.io/exclude-from-external-load-balancers";
    await rack.patch("Node", "n2", { metadata: { labels: { [label]: "" } } });
    await reachedOver(rack, nginx, ["n1"]);
    await reachedOver(rack, clusterCidr, ["n1", "n3"]);
    await reachedOver(rack, "fd00:10:49::/112", ["n1", "n3"]);
    const { agent, speaker, addresses } = rack.node("n2");
    const monitor = await rack.tor.monitor();
    await agent.stop("SIGKILL");
    await speaker.kill();
    await speaker.start();
    agent.start();
    await agent.ready();
    await until("the session is up again", async () => (await rack.tor.sessions()).n2.established);
    const fromN2 = (await monitor.events()).filter(({ nextHops }) =>
      [addresses.ipv4, addresses.ipv6].some((own) => nextHops.includes(own)),
    );
    expect(fromN2).toEqual([]);
    // The label gone, all is back: the new agent and its session do work, and the monitor listens.
    await rack.patch("Node", "n2", { metadata: { labels: { [label]: null } } });
    await reachedOver(rack, nginx, ["n1", "n2"]);
    await reachedOver(rack, clusterCidr, all);
    await reachedOver(rack, "fd00:10:49::/112", all);
    expect((await monitor.events()).some(({ nextHops }) => nextHops.includes(addresses.ipv4))).toBe(true);
    await monitor.stop();
  });
});

describe("the speaker", () => {
  it("R2: killed with -9 and started again, all its routes come back by themselves", async () => {
    await rack.node("n1").speaker.kill();
    await reachedOver(rack, clusterCidr, ["n2", "n3"]);
    await reachedOver(rack, nginx, ["n2"]);
    await rack.node("n1").speaker.start();
    await reachedOver(rack, clusterCidr, all);
    await reachedOver(rack, nginx, ["n1", "n2"]);
    await reachedOver(rack, "fd00:10:49::/112", all);
    expect(await metric("n1", "bellman_engine_restarts_total")).toBe(1);
  });

  it.each(["R3: a stale socket file", "R3: no socket file"])(
    "%s: the agent waits and recovers by itself",
    async (title) => {
      const { agent, speaker } = rack.node("n3");
      await agent.stop("SIGKILL");
      await speaker.kill();
      await reachedOver(rack, clusterCidr, ["n1", "n2"]);
      if (title.includes("no socket")) rmSync(speaker.socket);
      expect(existsSync(speaker.socket)).toBe(title.includes("stale"));
      agent.start();
      await until("the agent says that the speaker is out of reach", async () =>
        JSON.stringify(await agent.api("status")).includes('"state":"backoff"'),
      );
      expect((await agent.get("/readyz")).status).toBe(503);
      expect((await agent.get("/healthz")).status).toBe(200);
      await speaker.start();
      await agent.ready();
      await reachedOver(rack, clusterCidr, all);
    },
  );

  it("R8: a route deleted in the speaker by hand is repaired by the drift check and counted", async () => {
    const node = rack.node("n2");
    const before = await metric("n2", "bellman_drift_repairs_total");
    await node.speaker.removeRoute(nginx);
    await reachedOver(rack, nginx, ["n1"]);
    await reachedOver(rack, nginx, ["n1", "n2"]);
    expect(await metric("n2", "bellman_drift_repairs_total")).toBe(before + 1);
  });
});
