// The drain over HTTP: what it tells, and whom it obeys.
import { request } from "node:http";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { drainWaitMs, heldPrefixes, startWorld, sync } from "../reconcile/loop.fixture.ts";
import type { World } from "../reconcile/loop.fixture.ts";
import { serveWorld } from "../cli/serve.fixture.ts";

let world: World;
let controller: AbortController;
let url: string;

beforeEach(async () => {
  world = startWorld();
  controller = new AbortController();
  ({ url } = await serveWorld(world, controller.signal, { host: "0.0.0.0" }));
  sync(world.cluster);
  await world.clock.advance(0);
});
afterEach(async () => {
  controller.abort();
  await world.stop();
});

interface Asked {
  readonly status: number;
  readonly body: unknown;
}

/** As fetch cannot: with any header, the Host among them. */
function ask(
  method: string,
  headers: Readonly<Record<string, string>> = { "content-type": "application/json" },
  content = "",
  base = url,
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const asking = request(`${base}/api/v1/drain`, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown }),
      );
    });
    asking.on("error", reject).end(content);
  });
}

describe("R9: the drain over HTTP", () => {
  it("is begun by POST and ended by DELETE, and tells how far it is", async () => {
    expect(await ask("GET")).toMatchObject({
      status: 200,
      body: { node: "n1", phase: "off", settled: true, causes: [], routes: 2, problems: [] },
    });
    expect(await ask("POST")).toMatchObject({
      status: 200,
      body: { settled: false, causes: [{ cause: "asked", says: "asked for by bellman drain" }] },
    });
    await world.clock.advance(1_000);
    expect((await ask("GET")).body).toMatchObject({
      phase: "marked",
      secondsLeft: 4,
      waitSeconds: 5,
      routes: 2,
    });
    await world.clock.advance(drainWaitMs);
    expect((await ask("GET")).body).toMatchObject({ phase: "withdrawn", settled: true, routes: 0 });
    const status = await fetch(`${url}/api/v1/status`);
    expect(await status.json()).toMatchObject({ drain: { phase: "withdrawn", routes: 0 } });
    expect(await ask("DELETE", {})).toMatchObject({ status: 200, body: { causes: [] } });
    await world.clock.advance(0);
    expect((await ask("GET")).body).toMatchObject({ phase: "off", settled: true, routes: 2 });
  });

  it("says when a drain, or its end, would not survive a restart", async () => {
    world.drainStore.fault = "EROFS: read-only file system";
    expect((await ask("POST")).body).toMatchObject({
      problems: [
        {
          object: "File//var/lib/bellman/drain-n1.json",
          severity: "warning",
          message: expect.stringMatching(/^EROFS.* will not survive a restart/) as string,
        },
      ],
    });
    world.drainStore.fault = null;
    expect((await ask("POST")).body).toMatchObject({ problems: [] });
  });

  test.each<readonly [string, string, Readonly<Record<string, string>>, string, number, string]>([
    ["a form of a web page", "POST", { "content-type": "text/plain" }, "", 415, "application/json"],
    ["a page", "DELETE", { origin: "http://127.0.0.1:9179" }, "", 403, "a page in a browser"],
    ["a rebound name", "DELETE", { host: "evil.example" }, "", 403, "another name"],
    ["a proxy", "DELETE", { "x-forwarded-for": "10.0.0.1" }, "", 403, "a proxy"],
    ["something in it", "POST", { "content-type": "application/json" }, '{"a":1}', 400, "no content"],
    ["much in it", "POST", { "content-type": "application/json" }, "x".repeat(100_000), 413, "no content"],
    ["another method", "PUT", {}, "", 405, "GET, POST and DELETE only"],
  ])("refuses a request with %s", async (_title, method, headers, content, status, says) => {
    await world.drainRequests.ask();
    await world.drainRequests.undo();
    const before = world.drainer.requests;
    expect(await ask(method, headers, content)).toEqual({
      status,
      body: { error: expect.stringContaining(says) as string },
    });
    expect(world.drainer.requests).toEqual(before);
  });

  it("takes an empty object", async () => {
    expect(
      (await ask("POST", { "content-type": "application/json", "content-length": "2" }, "{}")).status,
    ).toBe(200);
  });

  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4");
  it.runIf(outside !== undefined)("obeys nobody who does not come over the loopback interface", async () => {
    const base = url.replace("127.0.0.1", outside?.address ?? "");
    expect((await ask("GET", {}, "", base)).status).toBe(200);
    expect(
      await ask("POST", { "content-type": "application/json", host: "localhost" }, "", base),
    ).toMatchObject({
      status: 403,
      body: { error: expect.stringContaining("from this machine only") as string },
    });
    await world.clock.advance(drainWaitMs);
    expect(heldPrefixes(world.speaker)).toHaveLength(2);
  });
});
