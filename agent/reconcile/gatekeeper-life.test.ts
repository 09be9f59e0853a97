// The dataplane gate beside whatever else happens: shared addresses, a speaker that is lost, an agent that ends.
import { describe, expect, it } from "vitest";
import { endpoint, slice } from "../decide/decide.fixture.ts";
import { objectKey } from "../model/service.ts";
import { add, aggregate, first, start } from "./gatekeeper.fixture.ts";
import type { Scene } from "./gatekeeper.fixture.ts";
import { heldPrefixes, local, readySlice } from "./loop.fixture.ts";

const key = "default/s-10.49.0.1";

/** The endpoint of the first service fails, and is ready again. */
async function flip({ clock, cluster }: Scene, ms = 0): Promise<void> {
  cluster.set("EndpointSlice", key, readySlice("10.49.0.1", false));
  await clock.advance(ms);
  cluster.set("EndpointSlice", key, readySlice("10.49.0.1"));
  await clock.advance(0);
}

describe("N8: an address of two services", () => {
  it("stays announced when the one goes that was not held back", async () => {
    const { clock, cluster, speaker, stop } = await start();
    await clock.advance(60_000);
    cluster.set("Service", key, { ...local("10.49.0.1"), annotations: { "bellman.bgp/advertise": "none" } });
    await clock.advance(0);
    const other = objectKey("default", "other");
    cluster.set("Service", other, { ...local("10.49.0.1"), key: other });
    cluster.set("EndpointSlice", other, slice([endpoint()], { key: other, service: other }));
    await clock.advance(0);
    expect(heldPrefixes(speaker)).toEqual([aggregate]);
    cluster.set("Service", key, local("10.49.0.1"));
    await clock.advance(0);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    speaker.clearNews();
    cluster.remove("Service", key);
    await clock.advance(0);
    expect([heldPrefixes(speaker), speaker.news]).toEqual([[aggregate, first], []]);
    await stop();
  });
});

describe("N8: a speaker that is out of reach", () => {
  it("does not count as holding what it held before: once it is back, empty, what is new waits", async () => {
    const scene = await start();
    const { clock, proxy, speaker, stop } = scene;
    await clock.advance(60_000);
    speaker.kill();
    await clock.advance(10);
    await flip(scene, 1_000);
    speaker.start();
    await clock.advance(2_000);
    expect(heldPrefixes(speaker)).toEqual([aggregate]);
    proxy.synced(clock.now());
    await clock.advance(260);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    await stop();
  });

  it("holds what it is found with, once it is back", async () => {
    const scene = await start();
    const { clock, speaker, stop } = scene;
    await clock.advance(60_000);
    speaker.clearNews();
    speaker.freeze();
    await flip(scene, 1_000);
    await clock.advance(30_000);
    speaker.thaw();
    await clock.advance(2_000);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    expect(speaker.news.filter(({ t }) => t === "withdrawn")).toEqual([]);
    await stop();
  });
});

describe("N8: health check node ports", () => {
  const balanced = { type: "LoadBalancer", healthCheckNodePort: 30_001 } as const;

  function balance({ cluster }: Scene, count: number): void {
    for (let each = 2; each < 2 + count; each++) {
      const [address, port] = [`10.49.0.${each}`, 30_000 + each];
      const service = { ...local(address), ...balanced, healthCheckNodePort: port };
      cluster.set("Service", `default/s-${address}`, service);
      cluster.set("EndpointSlice", `default/s-${address}`, readySlice(address));
    }
  }

  it("are asked no longer of what has been announced meanwhile", async () => {
    const scene = await start();
    const { clock, proxy, speaker, stop } = scene;
    proxy.frozenPorts = true;
    balance(scene, 40);
    await clock.advance(1_000);
    proxy.timeOut();
    await clock.advance(9_000);
    expect(heldPrefixes(speaker)).toHaveLength(42);
    const asked = [...proxy.checked];
    expect(asked).toHaveLength(17);
    proxy.timeOut();
    await clock.advance(60_000);
    expect(proxy.checked).toEqual(asked);
    await stop();
  });

  it("are not asked of what was there before the agent looked: any sync will do", async () => {
    const { clock, cluster, proxy, speaker, stop } = await start({ absent: true });
    cluster.set("Service", key, { ...local("10.49.0.1"), ...balanced });
    await clock.advance(1_000);
    expect([heldPrefixes(speaker), proxy.checked]).toEqual([[aggregate], []]);
    proxy.synced(clock.now() - 60_000);
    await clock.advance(260);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    await stop();
  });
});

describe("N8: the end of the agent", () => {
  it("leaves no timer behind, though a new route has just begun to wait", async () => {
    const scene = await start();
    const { clock, loop, terminate, stop } = scene;
    await clock.advance(20_000);
    add(scene);
    terminate();
    await clock.advance(0);
    expect([loop.state.t, clock.pending]).toEqual(["stopped", 0]);
    await stop();
  });

  it("which takes the routes back holds new ones as before, until they are withdrawn", async () => {
    const scene = await start({ shutdown: "withdraw" });
    const { clock, proxy, speaker, stop, terminate } = scene;
    await clock.advance(20_000);
    terminate();
    await clock.advance(100);
    await flip(scene);
    expect(heldPrefixes(speaker)).toEqual([aggregate]);
    proxy.synced(clock.now() + 5);
    await clock.advance(300);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    expect([await stop(), heldPrefixes(speaker), clock.pending]).toEqual([true, [], 0]);
  });
});
