// Access that comes, goes and comes back: the server, the credentials, a kind's CRD.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Authority } from "../../support/certificates.ts";
import { until } from "../../support/until.ts";
import { TcpLine } from "../../support/tcp-line.ts";
import { FakeApi, paths, refuse } from "./fake-api.ts";
import { service, World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await new World().begin();
  world.api.put(paths.services, service("web"));
});
afterEach(() => world.end());

test("a server that goes and comes back is followed from where the watch was", async () => {
  void world.run();
  await world.synced();
  await world.api.stop();
  await until("it is missed", () => world.failures.length >= 5);
  world.api.put(paths.services, service("web", "192.0.2.9"));
  world.api.put(paths.services, service("new"));
  await world.api.start();
  await until("the change is seen", () => world.addressOf("web") === "192.0.2.9");
  await world.exact();
  expect(world.removals).toEqual([]);
  expect(world.relists.filter((line) => !line.endsWith(" start"))).toEqual([]);
  expect(new Set(world.failures.map(({ code }) => code))).toEqual(new Set(["unreachable"]));
});

test("a server that comes back without its history is listed, and only what is gone goes", async () => {
  world.api.put(paths.services, service("old"));
  void world.run();
  await world.synced();
  await world.api.stop();
  world.api.delete(paths.services, "old");
  world.api.put(paths.services, service("new"));
  world.api.compact();
  await world.api.start();
  await world.exact();
  expect(world.removals).toEqual(["Service default/old"]);
  expect(world.relists).toContain("Service expired");
});

test("a server that is not there at start is waited for", async () => {
  await world.api.stop();
  void world.run();
  await until("it is missed", () => world.failures.length >= 5);
  await world.api.start();
  await world.synced();
  expect(world.addressOf("web")).toBe("192.0.2.1");
});

test("R5: a connection that died without a word is given up, and no event is lost", async () => {
  const line = await TcpLine.to(world.api.port);
  try {
    await world.login({ port: line.port });
    void world.run({ idleTimeoutMs: 5000 });
    await world.synced();
    await until("all is watched", () => world.cluster.unsynced.size === 0);
    line.freeze();
    world.api.put(paths.services, service("web", "192.0.2.9"));
    await until("the change is seen", () => world.addressOf("web") === "192.0.2.9");
    expect(world.failures.some(({ code }) => code === "idle")).toBe(true);
    expect(world.removals).toEqual([]);
  } finally {
    line.cut();
  }
});

test("a token that is no longer taken is read again, at start and later", async () => {
  world.api.authorization = "Bearer t2";
  void world.run();
  await until("the old token is refused", () => world.failures.some(({ code }) => code === "unauthorized"));
  await world.login({ token: "t2" });
  await world.synced();
  world.api.authorization = "Bearer t3";
  const before = world.failures.length;
  world.api.endWatches(paths.services);
  await until("the second token is refused", () => world.failures.length > before);
  world.api.put(paths.services, service("new"));
  await world.login({ token: "t3" });
  await world.exact();
  expect(world.removals).toEqual([]);
});

describe("a kind whose CRD is absent", () => {
  test("is synced and empty, and its objects are seen once it is installed", async () => {
    world.api.served.delete(paths.peers);
    void world.run();
    await world.synced();
    expect(world.cluster.peers.size).toBe(0);
    expect(world.failures).toEqual([]);
    world.api.put(paths.peers, { metadata: { name: "tor" } });
    world.api.served.add(paths.peers);
    await until("the object is seen", () => world.cluster.peers.has("tor"));
  });

  test("loses its objects only when a second look finds it absent as well", async () => {
    world.api.put(paths.peers, { metadata: { name: "tor" } });
    void world.run();
    await world.synced();
    world.api.fault("watch", paths.peers, refuse(404, "NotFound"));
    world.api.fault("stream", paths.peers, refuse(404, "NotFound"));
    world.api.endWatches(paths.peers);
    await until("the doubt is cleared", () => world.relists.includes("BGPPeer absent"));
    expect(world.removals).toEqual([]);
    world.api.served.delete(paths.peers);
    world.api.endWatches(paths.peers);
    await until("its objects are gone", () => world.cluster.peers.size === 0);
  });

  test("is not absent because the API cannot serve it now", async () => {
    world.api.put(paths.peers, { metadata: { name: "tor" } });
    void world.run();
    await world.synced();
    const unavailable = refuse(503, "ServiceUnavailable");
    world.api.fault("watch", paths.peers, unavailable, unavailable, unavailable);
    world.api.fault("stream", paths.peers, unavailable);
    world.api.endWatches(paths.peers);
    await until("all has failed", () => world.api.faultsLeft === 0);
    await until("it is listed again", () => world.relists.includes("BGPPeer error"));
    expect(world.removals).toEqual([]);
  });

  test("is refused like any other error where the kind must be there", async () => {
    world.api.served.delete(paths.services);
    void world.run();
    await until("it is told", () => world.failures.length > 0);
    expect(world.failures[0]).toMatchObject({ code: "rejected", status: 404 });
    expect(world.cluster.unsynced.has("Service")).toBe(true);
  });
});

describe("kubeconfig", () => {
  test("that makes no sense stops the start, in one line", async () => {
    await writeFile(world.kubeconfig, "current-context: c\nclusters: hello\n");
    await expect(world.run()).rejects.toMatchObject({
      code: "unreadable",
      message: /kubeconfig .*has no cluster/,
    });
  });

  test("that breaks later does not end the watch, and is read once it is mended", async () => {
    void world.run();
    await world.synced();
    await writeFile(world.kubeconfig, "current-context: [");
    world.api.endWatches(paths.services);
    await until("it is told", () => world.failures.some(({ code }) => code === "unreadable"));
    world.api.put(paths.services, service("new"));
    await world.login({});
    await world.exact();
    expect(world.removals).toEqual([]);
  });
});

test("a server whose certificate is another CA's is refused, and the kubeconfig's CA is named as the cause", async () => {
  const [own, other] = await Promise.all(
    ["own-ca-", "other-ca-"].map((name) => mkdtemp(join(tmpdir(), name))),
  );
  if (own === undefined || other === undefined) throw new Error("no folders");
  const authority = await Authority.create(own);
  const stranger = await Authority.create(other);
  const { key, certificate } = await authority.issue("server", "/CN=server", ["IP:127.0.0.1"]);
  const tls = { key: await readFile(key, "utf8"), cert: await readFile(certificate, "utf8") };
  const secure = await new World(new FakeApi(tls)).begin();
  try {
    await secure.login({ scheme: "https", cluster: `certificate-authority: ${stranger.certificate}` });
    void secure.run();
    await until("it is told", () => secure.failures.length > 0);
    expect(secure.failures[0]).toMatchObject({
      code: "rejected",
      message: /does the kubeconfig hold the CA/,
    });
    await secure.login({ scheme: "https", cluster: `certificate-authority: ${authority.certificate}` });
    await secure.synced();
  } finally {
    await secure.end();
    for (const folder of [own, other]) await rm(folder, { recursive: true });
  }
});
