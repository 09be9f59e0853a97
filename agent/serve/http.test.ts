import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { node } from "../decide/decide.fixture.ts";
import { MemorySpeaker } from "../engine/memory/speaker.ts";
import { drainWaitMs, peer, startWorld, sync, tor } from "../reconcile/loop.fixture.ts";
import type { World } from "../reconcile/loop.fixture.ts";
import { Report } from "../reconcile/report.ts";
import { silentLog } from "../model/log.ts";
import { planJson } from "../plan/json.ts";
import { WatchHealth } from "../watch/health.ts";
import { HttpError, serveHttp } from "./http.ts";
import { createMetrics } from "./metrics.ts";

let world: World;
let controller: AbortController;
let url: string;
let port: number;
let health: WatchHealth;

function options(from: World) {
  const metrics = createMetrics("1.2.3");
  health = new WatchHealth(from.clock, silentLog, metrics.watch);
  const report = new Report({ ...from, health });
  return {
    host: "127.0.0.1",
    port: 0,
    report,
    drainRequests: from.drainRequests,
    registry: metrics.registry,
    version: "1.2.3",
    clock: from.clock,
  };
}

beforeEach(async () => {
  world = startWorld();
  controller = new AbortController();
  ({ port } = await serveHttp(options(world), controller.signal));
  url = `http://127.0.0.1:${port}`;
});
afterEach(async () => {
  controller.abort();
  await world.stop();
});

async function get(
  path: string,
  init?: RequestInit,
): Promise<{ readonly status: number; readonly body: string }> {
  const response = await fetch(`${url}${path}`, init);
  return { status: response.status, body: await response.text() };
}

/** Value of one series; undefined: there is none. */
async function metric(series: string): Promise<number | undefined> {
  const line = (await get("/metrics")).body.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe("health", () => {
  it("is not ready until the picture is synced and applied once; it is alive all the time", async () => {
    expect(await get("/readyz")).toMatchObject({
      status: 503,
      body: expect.stringContaining("not synced yet") as string,
    });
    expect((await get("/healthz")).status).toBe(200);
    sync(world.cluster);
    await world.clock.advance(0);
    expect(await get("/readyz")).toEqual({ status: 200, body: "ok\n" });
  });
  it("is no longer alive when one step of the loop hangs for more than a minute", async () => {
    const slow = startWorld((clock) => new MemorySpeaker({ clock, silenceMs: 120_000 }));
    const server = await serveHttp(options(slow), controller.signal);
    url = `http://127.0.0.1:${server.port}`;
    slow.speaker.freeze();
    sync(slow.cluster);
    await slow.clock.advance(59_000);
    expect((await get("/healthz")).status).toBe(200);
    await slow.clock.advance(2_000);
    expect(await get("/healthz")).toEqual({ status: 503, body: "the loop hangs in one step for 61 s\n" });
    slow.speaker.thaw();
    await slow.clock.advance(0);
    expect((await get("/healthz")).status).toBe(200);
    await slow.stop();
  });
});

describe("the API", () => {
  beforeEach(async () => {
    sync(world.cluster);
    await world.clock.advance(0);
  });
  it("tells the state of the agent", async () => {
    const { body } = await get("/api/v1/status");
    expect(JSON.parse(body)).toMatchObject({
      node: "n1",
      version: "1.2.3",
      ready: true,
      excluded: false,
      engine: { name: "memory", up: true, state: "holding", error: null },
      routes: { wanted: { ipv4: 2, ipv6: 0 }, held: { ipv4: 2, ipv6: 0 } },
      services: 1,
      problems: [],
    });
  });
  it("tells routes with their reasons and whether they are held, and every verdict", async () => {
    const { body } = await get("/api/v1/routes");
    expect(JSON.parse(body)).toMatchObject({
      routes: [
        { prefix: "10.49.0.0/16", reason: "Aggregate", held: true },
        { prefix: "10.49.0.1/32", reason: "LocalEndpoints", services: ["default/s-10.49.0.1"], held: true },
      ],
      verdicts: [{ service: "default/s-10.49.0.1", announce: true }],
    });
  });
  it("tells sessions with their state", async () => {
    expect(JSON.parse((await get("/api/v1/peers")).body)).toMatchObject({
      peers: [{ name: "tor", address: tor, state: "established", routes: ["10.49.0.0/16", "10.49.0.1/32"] }],
    });
  });
  it("tells of sessions that are not brought up, and why", async () => {
    world.cluster.set("BGPPeer", "tor2", peer("tor2", "nowhere"));
    await world.clock.advance(0);
    expect(JSON.parse((await get("/api/v1/peers")).body)).toMatchObject({
      peers: [{ name: "tor" }],
      problems: [{ object: "BGPPeer/tor2", field: "spec.peerIP", severity: "error" }],
    });
    expect(await metric('bellman_config_problems{kind="BGPPeer",severity="error"}')).toBe(1);
  });
  it("tells of a lost session when it was lost, and why, in API and metrics", async () => {
    world.speaker.setReachable(tor, false);
    await world.clock.advance(5_000);
    const lost = "1970-01-01T00:16:40.000Z";
    expect(JSON.parse((await get("/api/v1/peers")).body)).toMatchObject({
      peers: [
        {
          state: "active",
          since: lost,
          establishedSince: null,
          drops: 1,
          lastDrop: lost,
          lastError: "the neighbour does not answer",
          negotiated: null,
        },
      ],
    });
    expect(await metric('bellman_peer_drops_total{peer="tor"}')).toBe(1);
    expect(await metric('bellman_peer_last_drop_timestamp_seconds{peer="tor"}')).toBe(1_000);
    const reason = "the neighbour does not answer";
    expect(await metric(`bellman_peer_last_error{peer="tor",reason="${reason}"}`)).toBe(1);
    expect(await metric('bellman_peer_hold_time_seconds{peer="tor"}')).toBeUndefined();
  });
  it("R7: tells why the speaker has not taken a session, until it has", async () => {
    world.speaker.refuse(tor, "no room");
    world.cluster.set("BGPPeer", "tor", peer("tor", tor, { keepaliveTime: "5s" }));
    await world.clock.advance(0);
    const told = async () => (await get("/api/v1/peers")).body;
    expect(JSON.parse(await told())).toMatchObject({
      peers: [{ state: "idle", lastError: expect.stringContaining("no room") as string }],
    });
    world.speaker.accept(tor);
    await world.clock.advance(60_000);
    expect(await told()).not.toContain("no room");
  });
  it("tells of an established session what both sides agreed on", async () => {
    const { body } = await get("/api/v1/peers");
    expect(JSON.parse(body)).toMatchObject({
      peers: [{ drops: 0, lastDrop: null, negotiated: { holdTimeSeconds: 9, keepaliveSeconds: 3 } }],
    });
    expect(await metric('bellman_peer_hold_time_seconds{peer="tor"}')).toBe(9);
  });
  it("tells the plan as bellman plan prints it, byte for byte", async () => {
    const { body } = await get("/api/v1/plan");
    expect(body).toBe(`${JSON.stringify(planJson(world.desired.plan()), null, 2)}\n`);
  });
  it("explains a service, and says whether the speaker holds its routes", async () => {
    const { body } = await get("/api/v1/explain?q=default%2Fs-10.49.0.1");
    expect(JSON.parse(body)).toMatchObject({
      query: "default/s-10.49.0.1",
      node: "n1",
      announced: true,
      prefixes: [
        {
          prefix: "10.49.0.1/32",
          reason: "LocalEndpoints",
          owners: [{ service: "default/s-10.49.0.1", announce: true }],
          peers: ["tor"],
          held: true,
        },
      ],
    });
  });
  test.each([
    ["/api/v1/explain", {}, 400, "?q=…"],
    ["/api/v1/explain?q=", {}, 400, "?q=…"],
    ["/api/v1/explain?query=x", {}, 400, "?q=…"],
    ["/api/v1/explain?q=a&q=b", {}, 400, "?q=…"],
    ["/api/v1/explain?q=10.49.0.0/33", {}, 400, "an address or a prefix"],
    ["/api/v1/explain?q=%2Fetc%2Fpasswd", {}, 400, "an address or a prefix"],
    ["/api/v2/status", {}, 404, "no such path"],
    ["/api/v1/routes", { method: "POST" }, 405, "GET"],
    ["/api/v1/routes?x=1", {}, 400, "no query"],
  ] as const)("answers %s %j with %i and the reason in JSON", async (path, init, status, says) => {
    const answer = await get(path, init);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({ error: expect.stringContaining(says) as string });
  });
});

describe("metrics", () => {
  it("show one series per state of a session, and forget a peer that is gone", async () => {
    sync(world.cluster);
    await world.clock.advance(0);
    expect(await metric('bellman_peer_state{peer="tor",state="established"}')).toBe(1);
    expect(await metric('bellman_peer_state{peer="tor",state="idle"}')).toBe(0);
    expect(await metric('bellman_routes{family="ipv4",state="held"}')).toBe(2);
    expect(await metric('bellman_verdicts{reason="LocalEndpoints"}')).toBe(1);
    world.cluster.remove("BGPPeer", "tor");
    world.cluster.remove("Service", "default/s-10.49.0.1");
    await world.clock.advance(0);
    expect(await metric('bellman_peer_state{peer="tor",state="established"}')).toBeUndefined();
    expect(await metric('bellman_verdicts{reason="LocalEndpoints"}')).toBeUndefined();
  });
  it("tell a node that is excluded or drained", async () => {
    sync(world.cluster);
    const label = "node.kubernetes.io/exclude-from-external-load-balancers";
    const told = async () => [await metric("bellman_node_excluded"), await metric("bellman_draining")];
    world.cluster.set("Node", "n1", node({ labels: { [label]: "" } }));
    await world.clock.advance(0);
    expect(await told()).toEqual([1, 0]);
    world.cluster.set("Node", "n1", node());
    await world.clock.advance(0);
    world.cluster.set("Node", "n1", node({ drainRequested: true }));
    await world.clock.advance(drainWaitMs - 1);
    expect(await told()).toEqual([0, 1]);
    await world.clock.advance(1);
    expect(await told()).toEqual([0, 2]);
    world.cluster.set("Node", "n1", node());
    await world.clock.advance(0);
    expect(await told()).toEqual([0, 0]);
  });
  it("raise the age of the picture while a kind is not watched", async () => {
    health.contact("Service");
    expect(await metric('bellman_watch_stale_seconds{kind="Service"}')).toBe(0);
    health.failure("Service", new Error("gone"));
    await world.clock.advance(5_000);
    expect(await metric('bellman_watch_stale_seconds{kind="Service"}')).toBe(5);
  });
});

it("says which address is taken, for a second agent on the node", async () => {
  const second = serveHttp({ ...options(world), port }, controller.signal);
  await expect(second).rejects.toThrow(HttpError);
  await expect(second).rejects.toThrow(`--http 127.0.0.1:${port}: another program listens there`);
});
