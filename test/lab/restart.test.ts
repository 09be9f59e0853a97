// What the ToR sees when agents and speakers die and come back: nothing, where nothing changed. A BIRD ToR, and a rack
// with gobgpd, FRR and BIRD on the nodes: each row is judged for each.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeNames } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack, RackNode } from "../../lab/rack/rack.ts";
import type { RouteEvent } from "../../lab/rack/route-monitor.ts";
import { engineOn } from "../../lab/rack/speakers.ts";
import { until } from "../support/until.ts";
import { reachedOver } from "./expect-routes.ts";

const aggregates = ["10.49.0.0/16", "fd00:10:49::/112"];
const nginx = "10.49.62.131/32";
const hostRoutes = [nginx, "fd00:10:49::6283/128"];

const engines = nodeNames.map((node) => [engineOn[node], node] as const);

let rack: Rack;

beforeAll(async () => {
  rack = await startRack({ prefix: `rst${process.pid}`, tor: "bird", engine: "mixed" });
  await nginxOn(nodeNames);
  await policy("Local");
  await complete();
});
afterAll(() => rack.down());

function policy(externalTrafficPolicy: "Cluster" | "Local") {
  return rack.patch("Service", "nginx", { spec: { externalTrafficPolicy } });
}

/** A pod on every node, ready on these. */
function nginxOn(nodes: readonly NodeName[]): Promise<void> {
  const pods = nodeNames.map((node) => ({ pod: `nginx-${node}`, node, ready: nodes.includes(node) }));
  return rack.setPods("nginx", pods);
}

async function announcedBy(nodes: readonly NodeName[]): Promise<void> {
  for (const prefix of [...aggregates, ...hostRoutes]) await reachedOver(rack, prefix, nodes);
}

function complete(): Promise<void> {
  return announcedBy(nodeNames);
}

function others(...nodes: readonly NodeName[]): readonly NodeName[] {
  return nodeNames.filter((node) => !nodes.includes(node));
}

async function metric(node: NodeName, name: string): Promise<number> {
  const { body } = await rack.node(node).agent.get("/metrics");
  const line = body.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

/** What each node's agent counts. */
function metrics(name: string): Promise<readonly number[]> {
  return Promise.all(nodeNames.map((node) => metric(node, name)));
}

function ofAggregates(events: readonly RouteEvent[]): readonly RouteEvent[] {
  return events.filter(({ prefix }) => aggregates.includes(prefix));
}

/** A change on top shows that agents and speakers are at work, and that a monitor listens. */
async function changeSomething(): Promise<void> {
  await policy("Cluster");
  for (const prefix of hostRoutes) await reachedOver(rack, prefix, []);
  await policy("Local");
  await complete();
}

describe("the agent", () => {
  it("R1: with any engine, killed with -9 and started again, it causes not one route event at the ToR", async () => {
    const monitor = await rack.tor.monitor();
    const sessions = await rack.tor.sessions();
    for (const { agent } of rack.nodes) await agent.restart("SIGKILL");
    for (const { agent } of rack.nodes) await agent.ready();
    expect(await monitor.events()).toEqual([]);
    await changeSomething();
    const events = await monitor.events();
    expect(events.length).toBeGreaterThan(0);
    expect(ofAggregates(events)).toEqual([]);
    expect(await rack.tor.sessions()).toEqual(sessions);
    await monitor.stop();
  });

  it("R9: with any engine, it keeps the routes when it is ended by SIGTERM", async () => {
    const monitor = await rack.tor.monitor();
    const sessions = await rack.tor.sessions();
    for (const { agent } of rack.nodes) expect(await agent.stop("SIGTERM")).toBe(0);
    expect(await monitor.events()).toEqual([]);
    for (const { agent } of rack.nodes) agent.start();
    for (const { agent } of rack.nodes) await agent.ready();
    await changeSomething();
    expect(ofAggregates(await monitor.events())).toEqual([]);
    expect(await rack.tor.sessions()).toEqual(sessions);
    await monitor.stop();
  });

  it.each(engines)(
    "withdraws what was decided while it was away, and only that (%s)",
    async (_engine, node) => {
      const { agent } = rack.node(node);
      await agent.stop("SIGKILL");
      await nginxOn(others(node));
      const monitor = await rack.tor.monitor();
      agent.start();
      for (const prefix of hostRoutes) await reachedOver(rack, prefix, others(node));
      expect(ofAggregates(await monitor.events())).toEqual([]);
      await monitor.stop();
      await nginxOn(nodeNames);
      await complete();
    },
  );
});

describe("an excluded node", () => {
  it.each(engines)(
    "N7: whose agent and speaker are started again announces nothing, not even briefly (%s)",
    async (_engine, node) => {
      const label = "node.kubernetes.io/exclude-from-external-load-balancers";
      await rack.patch("Node", node, { metadata: { labels: { [label]: "" } } });
      await announcedBy(others(node));
      const { agent, speaker, addresses } = rack.node(node);
      const monitor = await rack.tor.monitor();
      await agent.stop("SIGKILL");
      await speaker.kill();
      await speaker.start();
      agent.start();
      await agent.ready();
      await until("the session is up again", async () => (await rack.tor.sessions())[node].established);
      const fromNode = (events: readonly RouteEvent[]) =>
        events.filter(({ nextHops }) =>
          [addresses.ipv4, addresses.ipv6].some((own) => nextHops.includes(own)),
        );
      expect(fromNode(await monitor.events())).toEqual([]);
      // The label gone, all is back: the new agent and its session do work, and the monitor listens.
      await rack.patch("Node", node, { metadata: { labels: { [label]: null } } });
      await complete();
      expect(fromNode(await monitor.events())).not.toEqual([]);
      await monitor.stop();
    },
  );
});

describe("the speaker", () => {
  it("R2: whichever it is, killed with -9 and started again, all its routes come back by themselves", async () => {
    const before = await metrics("bellman_engine_restarts_total");
    for (const { speaker } of rack.nodes) await speaker.kill();
    await announcedBy([]);
    for (const { speaker } of rack.nodes) await speaker.start();
    await complete();
    // FRR and BIRD have kept what they had; gobgpd comes back empty.
    await until("the agents have counted it", async () => {
      const came = nodeNames.map(
        (node, index) => (before[index] ?? 0) + (rack.node(node).speaker.engine === "gobgp" ? 1 : 0),
      );
      expect(await metrics("bellman_engine_restarts_total")).toEqual(came);
      return true;
    });
  });

  it("R2: FRR and BIRD come back with all their routes from their files, without an agent", async () => {
    const kept = rack.nodes.filter(({ speaker }) => speaker.engine !== "gobgp");
    for (const { agent } of kept) await agent.stop("SIGKILL");
    for (const { speaker } of kept) await speaker.kill();
    await announcedBy(others(...kept.map(({ name }) => name)));
    for (const { speaker } of kept) await speaker.start();
    await complete();
    const monitor = await rack.tor.monitor();
    for (const { agent } of kept) agent.start();
    for (const { agent } of kept) await agent.ready();
    await changeSomething();
    expect(ofAggregates(await monitor.events())).toEqual([]);
    await monitor.stop();
  });

  it.each(["R3: a stale socket file", "R3: no socket file", "R3: no file of the speaker's at all"])(
    "%s: with any engine the agent waits and recovers by itself",
    async (title) => {
      for (const { agent } of rack.nodes) await agent.stop("SIGKILL");
      for (const { speaker } of rack.nodes) await speaker.kill();
      await announcedBy([]);
      for (const { agent, speaker } of rack.nodes) {
        const directory = dirname(speaker.socket);
        if (title.includes("no socket")) rmSync(speaker.socket);
        if (title.includes("at all"))
          for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
        expect(existsSync(speaker.socket)).toBe(title.includes("stale"));
        agent.start();
      }
      for (const { agent, speaker } of rack.nodes) {
        await until(`the agent says that ${speaker.program} is out of reach`, async () =>
          JSON.stringify(await agent.api("status")).includes('"state":"backoff"'),
        );
        expect((await agent.get("/readyz")).status).toBe(503);
        expect((await agent.get("/healthz")).status).toBe(200);
      }
      for (const { speaker } of rack.nodes) await speaker.start();
      for (const { agent } of rack.nodes) await agent.ready();
      await complete();
    },
  );

  it("R8: a route deleted in any of them by hand is repaired by the drift check and counted", async () => {
    const before = await metrics("bellman_drift_repairs_total");
    const monitor = await rack.tor.monitor();
    for (const { speaker } of rack.nodes) await speaker.removeRoute(nginx);
    await until(
      "every agent has repaired it",
      async () => {
        expect(await metrics("bellman_drift_repairs_total")).toEqual(before.map((count) => count + 1));
        return true;
      },
      { timeoutMs: 30_000, everyMs: 200 },
    );
    await complete();
    const events = (await monitor.events()).filter(({ prefix }) => prefix === "10.49.62.131");
    const missed = ({ addresses }: RackNode) =>
      events.some(({ type, nextHops }) => type === "deleted" || !nextHops.includes(addresses.ipv4));
    expect(rack.nodes.filter(missed).map(({ name }) => name)).toEqual(nodeNames);
    await monitor.stop();
  });
});
