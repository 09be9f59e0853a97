// Against servers on loopback that answer as a sound kube-proxy does, badly, or not at all.
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { objectKey } from "../../model/service.ts";
import { systemClock } from "../../time/clock.ts";
import { ManualClock } from "../../time/manual-clock.ts";
import { until } from "../../../test/support/until.ts";
import { KubeProxy } from "./kube-proxy.ts";

const web = objectKey("default", "web");
const goOn = new AbortController().signal;
const health = JSON.stringify({ lastUpdated: "2026-11-21T14:30:00Z", currentTime: "2026-11-21T14:30:00Z" });
const untold = { ipv4: { t: "untold" }, ipv6: { t: "untold" } };
const serving = JSON.stringify({ service: { namespace: "default", name: "web" }, localEndpoints: 1 });

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Listens on an address of loopback; returns the port. */
async function serve(listener: RequestListener, host: string, port = 0): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(text);
  return parsed;
}

function proxyAt(healthzPort: number, clock = systemClock, ...own: readonly string[]): KubeProxy {
  return new KubeProxy({ clock, nodeAddresses: () => own.map(address), healthzPort });
}

const body =
  (status: number, text: string): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end(text);

describe("the health of kube-proxy", () => {
  test.each([200, 503])("is in the body, with status %i", async (status) => {
    const port = await serve(body(status, health), "127.0.0.1");
    expect(await proxyAt(port).health(goOn)).toEqual(untold);
  });

  test.each(["127.0.0.1", "::1", "127.0.0.2"])("is found at %s, and asked for there again", async (host) => {
    let asked = 0;
    const port = await serve((request, response) => {
      asked++;
      expect(request.url).toBe("/healthz");
      response.end(health);
    }, host);
    const proxy = proxyAt(port, systemClock, "127.0.0.2");
    expect(await proxy.health(goOn)).toEqual(untold);
    expect(await proxy.health(goOn)).toEqual(untold);
    expect(asked).toBe(2);
  });

  test("is found where kube-proxy has moved to", async () => {
    const port = await serve(body(200, health), "127.0.0.1");
    const proxy = proxyAt(port, systemClock, "127.0.0.2");
    expect(await proxy.health(goOn)).toEqual(untold);
    await closing.pop()?.();
    expect(await proxy.health(goOn)).toBeNull();
    await serve(body(200, health), "127.0.0.2", port);
    expect(await proxy.health(goOn)).toEqual(untold);
  });

  test.each<[string, RequestListener]>([
    ["garbage", body(200, "{lastUpdated")],
    ["an answer without end", (_, response) => endless(response)],
    ["an answer that is too long", body(200, JSON.stringify({ lastUpdated: "x".repeat(100_000) }))],
    ["half an answer", (request, response) => response.write("{", () => request.socket.destroy())],
    ["a connection that breaks", (request) => request.socket.destroy()],
  ])("is not known from %s", async (_, listener) => {
    const port = await serve(listener, "127.0.0.1");
    expect(await proxyAt(port).health(goOn)).toBeNull();
  });

  test("is not known when nothing listens", async () => {
    const port = await serve(body(200, health), "127.0.0.1");
    await closing.pop()?.();
    expect(await proxyAt(port).health(goOn)).toBeNull();
  });

  test("a proxy that hangs is given up after a second, with no timer left", async () => {
    const clock = new ManualClock();
    const port = await serve(() => undefined, "127.0.0.1");
    const asked = proxyAt(port, clock).health(goOn);
    await until("one is left that hangs", () => clock.pending === 1);
    await clock.advance(999);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    expect(await asked).toBeNull();
    expect(clock.pending).toBe(0);
  });

  test("one address that hangs does not keep the answer of another", async () => {
    const clock = new ManualClock();
    const port = await serve(() => undefined, "127.0.0.1");
    await serve(body(200, health), "127.0.0.2", port);
    expect(await proxyAt(port, clock, "127.0.0.2").health(goOn)).toEqual(untold);
    await until("the others were hung up on", () => clock.pending === 0);
  });

  test("who is told to stop asks no more", async () => {
    const clock = new ManualClock();
    const port = await serve(() => undefined, "127.0.0.1");
    const stop = new AbortController();
    const asked = proxyAt(port, clock).health(stop.signal);
    await until("one is left that hangs", () => clock.pending === 1);
    stop.abort();
    expect(await asked).toBeNull();
    expect(clock.pending).toBe(0);
  });
});

describe("a health check node port", () => {
  test("tells for each family by itself", async () => {
    const port = await serve(body(200, serving), "127.0.0.1");
    const proxy = proxyAt(1);
    expect(await proxy.serves({ service: web, family: "ipv4", port }, goOn)).toBe(true);
    expect(await proxy.serves({ service: web, family: "ipv6", port }, goOn)).toBe(false);
  });

  test("is found on the node's own address", async () => {
    const port = await serve(body(200, serving), "127.0.0.2");
    expect(
      await proxyAt(1, systemClock, "127.0.0.2").serves({ service: web, family: "ipv4", port }, goOn),
    ).toBe(true);
  });

  test("says no with 503", async () => {
    const port = await serve(body(503, serving), "127.0.0.1");
    expect(await proxyAt(1).serves({ service: web, family: "ipv4", port }, goOn)).toBe(false);
  });
});

function endless(response: { write: (text: string, then: () => void) => unknown; destroyed: boolean }): void {
  if (!response.destroyed) response.write(" ".repeat(10_000), () => endless(response));
}
