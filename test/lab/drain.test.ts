// A drain as the ToR sees it: the marks, the withdrawal, the sessions that stay, and restarts in between. On the nodes are
// gobgpd, FRR and BIRD.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, items } from "../../lab/rack/json.ts";
import { nodeAddresses, nodeNames } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { engineOn } from "../../lab/rack/speakers.ts";
import { projectRoot } from "../support/paths.ts";
import { until } from "../support/until.ts";
import { reachedOver, reasonOn, sessionCounters } from "./expect-routes.ts";

const connections = 12;
const hold = ["10.49.62.131", "80", String(connections)];
const all = nodeNames;
const engines = all.map((node) => [engineOn[node], node] as const);
const clusterCidr = "10.49.0.0/16";
const nginx = "10.49.62.131/32";

let rack: Rack;

/** What the ToR has of a node's route for the CIDR. */
type Path = "plain" | "marked" | "gone";

/** FRR's own view: the community and the MED as they came, whatever it makes of them. */
async function pathFrom(node: NodeName): Promise<Path> {
  const table: unknown = JSON.parse(
    await rack.tor.router.command(`show bgp ipv4 unicast ${clusterCidr} json`),
  );
  const path = items(at(table, "paths") ?? []).find((each) =>
    items(at(each, "nexthops") ?? []).some((hop) => at(hop, "ip") === nodeAddresses[node].ipv4),
  );
  if (path === undefined) return "gone";
  const community = String(at(at(path, "community") ?? {}, "string"));
  const marked = [community.includes("graceful-shutdown"), at(path, "metric") === 4294967294];
  return marked.every((mark) => mark) ? "marked" : "plain";
}

/** How a node's route changes at the ToR until it is in the last of these states; it may have begun to. */
async function changesUntil(node: NodeName, last: Path, first: Path = "plain"): Promise<readonly Path[]> {
  const seen: Path[] = [first];
  await until(
    `the ToR has the route of ${node} ${last}`,
    async () => {
      const now = await pathFrom(node);
      if (seen.at(-1) !== now) seen.push(now);
      return now === last;
    },
    { timeoutMs: 20_000 },
  );
  return seen;
}

/** The command as a person on the node gives it. */
function bellman(node: NodeName, ...argv: readonly string[]): Promise<string> {
  return rack.node(node).exec(process.execPath, join(projectRoot, "dist/bellman.mjs"), ...argv);
}

/** A node that passes a connection on to another's pod puts its own address in the client's place. */
function cameOver(connection: unknown): unknown {
  const client = at(connection, "client");
  return nodeNames.find((name) => nodeAddresses[name].ipv4 === client) ?? at(connection, "node");
}

function nginxOn(nodes: readonly NodeName[]): Promise<void> {
  return rack.setPods(
    "nginx",
    nodes.map((node) => ({ pod: `nginx-${node}`, node })),
  );
}

async function settled(): Promise<void> {
  await reachedOver(rack, clusterCidr, all);
  await reachedOver(rack, nginx, all);
}

async function start(ebgp: boolean): Promise<void> {
  const agentSettings = ["--drain-wait", "2s"];
  rack = await startRack({
    prefix: `drn${ebgp ? "e" : "i"}${process.pid}`,
    tor: "frr",
    ebgp,
    engine: "mixed",
    agentSettings,
  });
  await nginxOn(all);
  await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
  await settled();
}

function drainsEachEngine(): void {
  it.each(engines)(
    "R9: %s: it marks, moves traffic away, withdraws, and the sessions stay; --undo brings all back",
    async (_engine, node) => {
      const others = all.filter((each) => each !== node);
      const sessions = await sessionCounters(rack);
      const monitor = await rack.tor.monitor();
      const states = changesUntil(node, "gone");
      const said = await bellman(node, "drain");
      expect(said).toMatch(
        /: [0-9]+ routes marked, to be withdrawn in [12]s\n(.*\n)*.*: drained, no route left$/,
      );
      expect(await states).toEqual(["plain", "marked", "gone"]);
      await reachedOver(rack, clusterCidr, others);
      await reachedOver(rack, nginx, others);
      // The kernel turned to the others at the marks, and the withdrawal changed nothing for it.
      const events = (await monitor.events()).filter(({ prefix }) => prefix === clusterCidr);
      expect(events.map(({ type, nextHops }) => [type, [...nextHops].sort()])).toEqual([
        ["set", others.map((each) => nodeAddresses[each].ipv4)],
      ]);
      await monitor.stop();
      expect(await reasonOn(rack, node, "10.49.62.131")).toBe("NodeDraining");
      await rack.client.reaches("10.49.62.131", 80);

      expect(await bellman(node, "drain", "--undo")).toMatch(/: not drained, [0-9]+ routes announced$/);
      await settled();
      expect(await pathFrom(node)).toBe("plain");
      expect(await sessionCounters(rack)).toEqual(sessions);
    },
  );
}

describe("bellman drain, the nodes in ASes of their own, by GRACEFUL_SHUTDOWN", () => {
  beforeAll(() => start(true));
  afterAll(() => rack.down());

  drainsEachEngine();
});

describe("bellman drain, the nodes in the ToR's AS, by local preference", () => {
  beforeAll(() => start(false));
  afterAll(() => rack.down());

  drainsEachEngine();

  it("R9: those over another node last through the drain", async () => {
    // With more than one left, a ToR without resilient hashing moves connections between those, too.
    await nginxOn(["n1", "n2"]);
    await reachedOver(rack, nginx, ["n1", "n2"]);
    const client = spawn(
      "ip",
      ["netns", "exec", rack.client.netns, process.execPath, join(projectRoot, "lab/hold.mjs"), ...hold],
      { stdio: "pipe" },
    );
    let [told, printed] = ["", ""];
    client.stderr.setEncoding("utf8").on("data", (chunk: string) => (told += chunk));
    client.stdout.setEncoding("utf8").on("data", (chunk: string) => (printed += chunk));
    const ended = once(client, "close");
    await until("all connections are there", () => told.split("connected").length > connections);
    await bellman("n1", "drain");
    client.stdin.end();
    await ended;
    const overN2 = items(JSON.parse(printed)).filter((each) => cameOver(each) === "n2");
    expect(overN2.length).toBeGreaterThan(0);
    expect(overN2.filter((each) => at(each, "error") !== null)).toEqual([]);
    await bellman("n1", "drain", "--undo");
    await nginxOn(all);
    await settled();
  });

  const annotate = (node: NodeName, value: string | null) =>
    rack.patch("Node", node, { metadata: { annotations: { "bellman.bgp/drain": value } } });

  it("N6: the annotation and the autoscaler's taint drain the node, until both are gone", async () => {
    const sessions = await sessionCounters(rack);
    await annotate("n2", "true");
    expect(await changesUntil("n2", "gone")).toEqual(["plain", "marked", "gone"]);
    const taints = [{ key: "ToBeDeletedByClusterAutoscaler", value: "1", effect: "NoSchedule" }];
    await rack.patch("Node", "n2", { spec: { taints } });
    await annotate("n2", null);
    await until("the agent names the taint as what is left", async () =>
      JSON.stringify(await rack.node("n2").agent.api("drain")).includes('"causes":[{"cause":"taint"'),
    );
    expect(await pathFrom("n2")).toBe("gone");
    await rack.patch("Node", "n2", { spec: { taints: [] } });
    await settled();
    expect(await sessionCounters(rack)).toEqual(sessions);
  });

  it("R9: an agent that is killed while it waits goes on, and one that is drained says nothing to the ToR", async () => {
    const { agent } = rack.node("n1");
    await agent.stop("SIGKILL");
    agent.start("--drain-wait", "10m");
    await agent.ready();
    await annotate("n1", "true");
    await changesUntil("n1", "marked");
    await agent.restart("SIGKILL");
    expect(await changesUntil("n1", "gone", "marked")).toEqual(["marked", "gone"]);
    await annotate("n1", null);
    await settled();

    await bellman("n1", "drain");
    const monitor = await rack.tor.monitor();
    const sessions = await sessionCounters(rack);
    await agent.restart("SIGKILL");
    await agent.ready();
    // A change elsewhere shows that the monitor listens.
    await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Cluster" } });
    await reachedOver(rack, nginx, []);
    const own = [clusterCidr, "192.168.3.0/24", "192.168.5.0/24", "fd00:10:49::/112"];
    expect((await monitor.events()).filter(({ prefix }) => own.includes(prefix))).toEqual([]);
    expect([await pathFrom("n1"), await sessionCounters(rack)]).toEqual(["gone", sessions]);
    await monitor.stop();
  });

  it("R9: any speaker that is killed beside a drained agent comes back with its session and without routes", async () => {
    const established = async () => Object.values(await rack.tor.sessions()).map((each) => each.established);
    await Promise.all(all.map((node) => bellman(node, "drain")));
    // bgpd gathers for 50 ms what it tells its neighbours.
    for (const node of all) await changesUntil(node, "gone");
    for (const { speaker } of rack.nodes) await speaker.kill();
    await until("the ToR has lost the sessions", async () => !(await established()).includes(true));
    const monitor = await rack.tor.monitor();
    for (const { speaker } of rack.nodes) await speaker.start();
    await until("the sessions are back", async () => !(await established()).includes(false), {
      timeoutMs: 30_000,
    });
    for (const { agent } of rack.nodes)
      await until("the agent holds the speaker", async () =>
        JSON.stringify(await agent.api("drain")).includes('"settled":true'),
      );
    for (const node of all) expect(await pathFrom(node)).toBe("gone");
    expect(await monitor.events()).toEqual([]);
    await Promise.all(all.map((node) => bellman(node, "drain", "--undo")));
    await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
    await settled();
    expect(await monitor.events()).not.toEqual([]);
    await monitor.stop();
  });

  it("R9: SIGTERM with --shutdown withdraw marks, waits, withdraws and ends with 0, with any engine", async () => {
    for (const { agent } of rack.nodes) await agent.stop("SIGKILL");
    for (const { agent } of rack.nodes) agent.start("--shutdown", "withdraw");
    for (const { agent } of rack.nodes) await agent.ready();
    const sessions = await sessionCounters(rack);
    const ends = rack.nodes.map(async ({ name, agent }) => {
      const states = changesUntil(name, "gone");
      const code = await agent.stop("SIGTERM");
      return { name, code, states: await states };
    });
    const states = ["plain", "marked", "gone"];
    expect(await Promise.all(ends)).toEqual(all.map((name) => ({ name, code: 0, states })));
    expect(await sessionCounters(rack)).toEqual(sessions);
  });
});
