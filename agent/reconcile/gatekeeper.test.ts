// The dataplane gate through the loop: a proxy that answers as a test says, and a speaker in memory.
import { describe, expect, it } from "vitest";
import { endpoint, ip, node, service, slice } from "../decide/decide.fixture.ts";
import { objectKey } from "../model/service.ts";
import { explain } from "./explain.ts";
import { parseQuery } from "./explain-query.ts";
import { add, aggregate, first, second, start } from "./gatekeeper.fixture.ts";
import { heldPrefixes, local, readySlice, sync } from "./loop.fixture.ts";
import type { World } from "./loop.fixture.ts";

const name = (address: string) => objectKey("default", `s-${address}`);

function reasonOf({ desired }: World, address: string): string | undefined {
  return [...desired.verdicts()].find((verdict) => verdict.address === address)?.reason;
}

/** What explain tells of the second service. */
function facts({ cluster, desired }: World): readonly string[] {
  const query = parseQuery("10.49.0.2");
  if (query === null) throw new Error("no query");
  const { prefixes } = explain("10.49.0.2", query, { cluster, desired, holds: null });
  return prefixes.flatMap(({ owners }) => owners.flatMap(({ steps }) => steps.at(-1)?.facts ?? []));
}

describe("N8: a new host route", () => {
  it("is held until the proxy answers that it has synced since, and announced when it does", async () => {
    const scene = await start();
    const { clock, proxy, speaker, told, stop } = scene;
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    await clock.advance(20_000);
    add(scene);
    const addedMs = clock.now();
    await clock.advance(5_000);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    expect(reasonOf(scene, "10.49.0.2")).toBe("DataplaneNotReady");
    expect(facts(scene)[1]).toContain(
      "waiting since 1970-01-01T00:17:00.100Z, until 1970-01-01T00:17:10.100Z",
    );
    proxy.synced(addedMs + 4_990);
    await clock.advance(260);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first, second]);
    expect(reasonOf(scene, "10.49.0.2")).toBe("LocalEndpoints");
    expect(facts(scene)).toEqual(["kube-proxy on n1 has told that it serves it (1970-01-01T00:17:05.160Z)"]);
    expect(told.waits).toEqual(["confirmed 5.06"]);
    await stop();
  });

  it("is announced as soon as the proxy answers: within 10 ms of a sync that follows at once", async () => {
    const scene = await start();
    const { clock, proxy, speaker, stop } = scene;
    add(scene);
    proxy.synced(clock.now() + 3);
    await clock.advance(3);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first, second]);
    await stop();
  });

  it("is announced with its own reason after the maximum wait, and a warning says so once", async () => {
    const scene = await start();
    const { clock, lines, proxy, speaker, stop } = scene;
    await clock.advance(20_000);
    add(scene);
    const addedMs = clock.now();
    await clock.advance(9_999);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    await clock.advance(1);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first, second]);
    expect(reasonOf(scene, "10.49.0.2")).toBe("LocalEndpoints");
    expect(facts(scene)[0]).toMatch(/^announced after the maximum wait .*1970-01-01T00:17:10.100Z/);
    const warning = /10\.49\.0\.2 is announced after 10 s .*kube-proxy on this node has not told/;
    expect(lines.filter((line) => line.startsWith("warn"))).toEqual([expect.stringMatching(warning)]);
    expect(scene.gatekeeper?.problems).toMatchObject([
      {
        object: "Service/default/s-10.49.0.2",
        severity: "warning",
        message: expect.stringMatching(warning) as string,
      },
    ]);
    proxy.synced(addedMs + 15_000);
    await clock.advance(11_000);
    expect(scene.gatekeeper?.problems).toEqual([]);
    expect(lines.filter((line) => line.startsWith("warn"))).toHaveLength(1);
    await stop();
  });

  it("is not held where nothing ever listened: the gate is off after the maximum wait, said once", async () => {
    const scene = await start({ absent: true });
    const { clock, lines, proxy, speaker, stop } = scene;
    expect(heldPrefixes(speaker)).toEqual([aggregate]);
    await clock.advance(10_000);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    add(scene);
    await clock.advance(0);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first, second]);
    const said = () => lines.filter((line) => line.includes("dataplane gate is"));
    expect(said()).toEqual([expect.stringMatching(/^info nothing has answered on port 10256 within 10 s/)]);
    expect(lines.filter((line) => line.startsWith("warn"))).toEqual([]);
    // It is looked for again with each new route.
    proxy.synced(1_000_000);
    await clock.advance(60_000);
    scene.cluster.remove("Service", "default/s-10.49.0.2");
    await clock.advance(0);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    add(scene);
    await clock.advance(0);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first, second]);
    expect(said().slice(1)).toEqual([expect.stringContaining("is on again")]);
    scene.cluster.set("Service", "default/s-10.49.0.3", local("10.49.0.3"));
    scene.cluster.set("EndpointSlice", "default/s-10.49.0.3", readySlice("10.49.0.3"));
    await clock.advance(100);
    expect(reasonOf(scene, "10.49.0.3")).toBe("DataplaneNotReady");
    expect(heldPrefixes(speaker)).toEqual([aggregate, first, second]);
    await stop();
  });

  it("of a LoadBalancer service waits for its health check node port", async () => {
    const { clock, cluster, proxy, speaker, stop } = await start();
    const key = name("10.49.0.2");
    const more = { type: "LoadBalancer", healthCheckNodePort: 30_001 } as const;
    cluster.set("Service", key, { ...local("10.49.0.2"), ...more });
    await clock.advance(50);
    proxy.synced(clock.now());
    cluster.set("EndpointSlice", key, readySlice("10.49.0.2"));
    await clock.advance(500);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    proxy.serving.add(`${key} ipv6 30001`);
    await clock.advance(500);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    proxy.serving.add(`${key} ipv4 30001`);
    await clock.advance(260);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first, second]);
    await stop();
  });

  it("does not hold the routes of others, and costs its own decision alone", async () => {
    const scene = await start();
    const { clock, cluster, proxy, speaker, told, stop } = scene;
    add(scene);
    await clock.advance(10);
    const events = told.events;
    cluster.set("EndpointSlice", "default/s-10.49.0.1", readySlice("10.49.0.1", false));
    await clock.advance(0);
    expect(heldPrefixes(speaker)).toEqual([aggregate]);
    expect(told.events).toBe(events + 1);
    proxy.synced(clock.now() + 1);
    await clock.advance(260);
    expect(heldPrefixes(speaker)).toEqual([aggregate, second]);
    await stop();
  });

  it("counts its latency from the event, with the time that it was held", async () => {
    const scene = await start();
    const { clock, proxy, told, stop } = scene;
    told.latencies.length = 0;
    add(scene);
    proxy.synced(clock.now() - 10_000);
    await clock.advance(1_000);
    expect(told.latencies).toEqual([]);
    proxy.synced(clock.now());
    await clock.advance(250);
    expect(told.latencies).toHaveLength(1);
    expect(told.latencies[0]).toBeGreaterThan(1);
    await stop();
  });

  it("leaves no timer behind, and asks nobody while nothing waits", async () => {
    const scene = await start();
    const { clock, proxy, stop } = scene;
    const before = clock.pending;
    add(scene);
    proxy.synced(clock.now() + 1);
    await clock.advance(300);
    expect(clock.pending).toBe(before);
    const { asked } = proxy;
    await clock.advance(60_000);
    expect(proxy.asked).toBe(asked);
    add(scene);
    scene.cluster.set("EndpointSlice", "default/s-10.49.0.2", readySlice("10.49.0.2", false));
    await clock.advance(0);
    await stop();
    expect(clock.pending).toBe(0);
  });
});

describe("N8: what is not held back", () => {
  it("aggregates, and what was there before the agent looked when the proxy has synced at all", async () => {
    const { speaker, told, stop } = await start();
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    expect(told.waits).toEqual([]);
    await stop();
  });

  it("what the speaker holds when the agent starts, with a proxy that says nothing: not one route event", async () => {
    const before = await start();
    await before.stop();
    const { speaker } = before;
    speaker.clearNews();
    const after = await start({ speaker, absent: true });
    await after.clock.advance(60_000);
    expect(after.loop.state.t).toBe("holding");
    expect(speaker.news).toEqual([]);
    expect(after.lines.filter((line) => line.includes("dataplane"))).toEqual([]);
    expect(reasonOf(after, "10.49.0.1")).toBe("LocalEndpoints");
    await after.stop();
  });

  it("what was announced before the speaker came back empty", async () => {
    const { clock, proxy, speaker, stop } = await start();
    proxy.answers = null;
    speaker.kill();
    await clock.advance(10);
    speaker.start();
    await clock.advance(5_000);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    await stop();
  });

  it.each([
    ["after", 20],
    ["shortly before", -5],
  ])("a route that comes back with its node, by a sync long since %s its own last change", async (_, ms) => {
    const { clock, cluster, proxy, speaker, stop } = await start();
    const labels = { "node.kubernetes.io/exclude-from-external-load-balancers": "true" };
    cluster.set("EndpointSlice", "default/s-10.49.0.1", readySlice("10.49.0.1", false));
    cluster.set("EndpointSlice", "default/s-10.49.0.1", readySlice("10.49.0.1"));
    proxy.synced(clock.now() + ms);
    await clock.advance(60_000);
    cluster.set("Node", "n1", node({ labels }));
    await clock.advance(60_000);
    expect(heldPrefixes(speaker)).toEqual([]);
    cluster.set("Node", "n1", node());
    await clock.advance(0);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    await stop();
  });

  it("an annotation that asks for a route: the proxy does not look at it", async () => {
    const { clock, cluster, proxy, speaker, stop } = await start();
    const plain = service({ key: name("10.49.0.2"), type: "ClusterIP", clusterIPs: [ip("10.49.0.2")] });
    cluster.set("Service", "default/s-10.49.0.2", plain);
    cluster.set(
      "EndpointSlice",
      "default/s-10.49.0.2",
      slice([endpoint()], { key: plain.key, service: plain.key }),
    );
    proxy.synced(clock.now() + 20);
    await clock.advance(60_000);
    const annotations = { "projectcalico.org/AdvertiseClusterIP": "true" };
    cluster.set("Service", "default/s-10.49.0.2", { ...plain, annotations });
    await clock.advance(10);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first, second]);
    await stop();
  });

  it("an address that another service takes over in one step", async () => {
    const { clock, cluster, speaker, stop } = await start();
    speaker.clearNews();
    const key = objectKey("default", "other");
    cluster.replace(
      "EndpointSlice",
      new Map([["default/other", slice([endpoint()], { key, service: key })]]),
    );
    cluster.replace("Service", new Map([["default/other", { ...local("10.49.0.1"), key }]]));
    await clock.advance(1_000);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    expect(speaker.news.filter(({ t }) => t === "withdrawn")).toEqual([]);
    await stop();
  });
});

describe("N8: after a list that follows an outage", () => {
  it("what has changed meanwhile waits for a sync, what has not changed does not", async () => {
    const { clock, cluster, proxy, speaker, stop } = await start();
    await clock.advance(60_000);
    sync(cluster, ["10.49.0.1", "10.49.0.2"]);
    await clock.advance(1_000);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    proxy.synced(clock.now());
    await clock.advance(260);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first, second]);
    await stop();
  });
});
