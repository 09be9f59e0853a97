// A drain as the ToR sees it: the marks, the withdrawal, the sessions that stay, and restarts in between.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, items } from "../../lab/rack/json.ts";
import { nodeAddresses, nodeNames } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { projectRoot } from "../support/paths.ts";
import { until } from "../support/until.ts";
import { reachedOver, reasonOn, sessionCounters } from "./expect-routes.ts";

const connections = 12;
const hold = ["10.49.62.131", "80", String(connections)];
const all = ["n1", "n2", "n3"] as const;
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

async function settled(): Promise<void> {
  await reachedOver(rack, clusterCidr, all);
  await reachedOver(rack, nginx, ["n1", "n2"]);
}

async function start(ebgp: boolean): Promise<void> {
  const agentSettings = ["--drain-wait", "3s"];
  rack = await startRack({ prefix: `drn${ebgp ? "e" : "i"}${process.pid}`, tor: "frr", ebgp, agentSettings });
  await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
  await settled();
}

describe.each([
  ["in the ToR's AS, by local preference", false],
  ["in ASes of their own, by GRACEFUL_SHUTDOWN", true],
])("bellman drain, the nodes %s", (_where, ebgp) => {
  beforeAll(() => start(ebgp));
  afterAll(() => rack.down());

  it("R9: bellman drain marks, moves traffic away, withdraws, and the sessions stay; --undo brings all back", async () => {
    const sessions = await sessionCounters(rack);
    const monitor = await rack.tor.monitor();
    const states = changesUntil("n1", "gone");
    const said = await bellman("n1", "drain");
    expect(said).toMatch(
      /n1: [0-9]+ routes marked, to be withdrawn in [123]s\n(.*\n)*n1: drained, no route left$/,
    );
    expect(await states).toEqual(["plain", "marked", "gone"]);
    await reachedOver(rack, clusterCidr, ["n2", "n3"]);
    await reachedOver(rack, nginx, ["n2"]);
    // The kernel turned to the others at the marks, and the withdrawal changed nothing for it.
    const events = (await monitor.events()).filter(({ prefix }) => prefix === clusterCidr);
    expect(events.map(({ type, nextHops }) => [type, [...nextHops].sort()])).toEqual([
      ["set", [nodeAddresses.n2.ipv4, nodeAddresses.n3.ipv4]],
    ]);
    await monitor.stop();
    expect(await reasonOn(rack, "n1", "10.49.62.131")).toBe("NodeDraining");
    await rack.client.reaches("10.49.62.131", 80);

    expect(await bellman("n1", "drain", "--undo")).toMatch(/n1: not drained, [0-9]+ routes announced$/);
    await settled();
    expect(await pathFrom("n1")).toBe("plain");
    expect(await sessionCounters(rack)).toEqual(sessions);
  });
});

describe("drained nodes, restarts and connections", () => {
  beforeAll(() => start(false));
  afterAll(() => rack.down());

  it("R9: those over another node last through the drain", async () => {
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

  it("R9: a speaker that is killed beside a drained agent comes back with its session and without routes", async () => {
    await bellman("n1", "drain");
    await rack.node("n1").speaker.kill();
    const sessionOf = async () => (await rack.tor.sessions()).n1.established;
    await until("the ToR has lost the session", async () => !(await sessionOf()));
    await rack.node("n1").speaker.start();
    await until("the session is back", sessionOf, { timeoutMs: 30_000 });
    await until("the agent holds the speaker", async () =>
      JSON.stringify(await rack.node("n1").agent.api("drain")).includes('"settled":true'),
    );
    expect(await pathFrom("n1")).toBe("gone");
    await bellman("n1", "drain", "--undo");
    await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
    await settled();
  });

  it("R9: SIGTERM with --shutdown withdraw marks, waits, withdraws and ends with 0", async () => {
    const { agent } = rack.node("n3");
    await agent.stop("SIGKILL");
    agent.start("--shutdown", "withdraw");
    await agent.ready();
    const sessions = await sessionCounters(rack);
    const states = changesUntil("n3", "gone");
    expect(await agent.stop("SIGTERM")).toBe(0);
    expect(await states).toEqual(["plain", "marked", "gone"]);
    expect(await sessionCounters(rack)).toEqual(sessions);
  });
});
