// BGPConfiguration and BGPPeer where only Calico's own storage group, crd.projectcalico.org/v1, is served.
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../../support/until.ts";
import { paths, refuse, storagePaths } from "./fake-api.ts";
import { World } from "./world.ts";

const stored = storagePaths.peers;
const peer = (name: string) => ({ metadata: { name }, spec: { peerIP: "192.0.2.1" } });

let world: World;
beforeEach(async () => {
  world = await new World().begin();
});
afterEach(() => world.end());

const peers = () => [...world.cluster.peers.keys()];
function serve(served: { readonly v3: boolean; readonly storage: boolean }): void {
  for (const [path, is] of [
    [paths.peers, served.v3],
    [stored, served.storage],
  ] as const)
    if (is) world.api.served.add(path);
    else world.api.served.delete(path);
}

test("the storage group is read where projectcalico.org/v3 is not served, and followed", async () => {
  serve({ v3: false, storage: true });
  world.api.put(stored, peer("tor"));
  void world.run();
  await world.synced();
  expect(peers()).toEqual(["tor"]);
  world.api.put(stored, peer("tor2"));
  world.api.delete(stored, "tor");
  await until("changes are seen", () => peers().join() === "tor2");
  expect(world.failures).toEqual([]);
});

test("projectcalico.org/v3 is preferred when both are served", async () => {
  serve({ v3: true, storage: true });
  world.api.put(stored, peer("stored"));
  world.api.put(paths.peers, peer("tor"));
  void world.run();
  await world.synced();
  expect(peers()).toEqual(["tor"]);
  expect(world.api.requests.filter((line) => line.endsWith(stored))).toEqual([]);
});

test("projectcalico.org/v3 takes over when it is served later, without a gap", async () => {
  serve({ v3: false, storage: true });
  world.api.put(stored, peer("tor"));
  void world.run();
  await world.synced();
  world.api.put(paths.peers, peer("tor"));
  world.api.put(paths.peers, peer("tor2"));
  world.api.served.add(paths.peers);
  // Such a watch is short by its timeoutSeconds.
  world.api.endWatches(stored);
  await until("the new place is read", () => peers().join() === "tor,tor2");
  world.api.put(paths.peers, peer("tor3"));
  await until("and followed", () => peers().includes("tor3"));
  expect(world.removals).toEqual([]);
  expect(world.failures).toEqual([]);
});

test("a watch in the storage group asks to be ended within a minute, others within ten", async () => {
  serve({ v3: false, storage: true });
  void world.run();
  await world.synced();
  const seconds = (path: string) =>
    Number(/timeoutSeconds=(\d+)/.exec(world.api.urls.find((url) => url.startsWith(`${path}?`)) ?? "")?.[1]);
  expect(seconds(stored)).toBeGreaterThanOrEqual(30);
  expect(seconds(stored)).toBeLessThan(60);
  expect(seconds(paths.services)).toBeGreaterThanOrEqual(300);
});

test("one 404 does not make the storage group take over from projectcalico.org/v3", async () => {
  serve({ v3: true, storage: true });
  world.api.put(stored, peer("other"));
  world.api.put(paths.peers, peer("tor"));
  void world.run();
  await world.synced();
  world.api.fault("watch", paths.peers, refuse(404, "NotFound"));
  world.api.fault("stream", paths.peers, refuse(404, "NotFound"));
  world.api.endWatches(paths.peers);
  await until("the doubt is cleared", () => world.relists.includes("BGPPeer absent"));
  expect([peers(), world.removals]).toEqual([["tor"], []]);
});

test("a group that may not be read is none, as it is for an account that was given projectcalico.org/v3 only", async () => {
  serve({ v3: false, storage: true });
  const forbidden = refuse(403, "Forbidden");
  world.api.fault("stream", stored, ...Array.from({ length: 3 }, () => forbidden));
  void world.run();
  await world.synced();
  expect([peers(), world.failures]).toEqual([[], []]);
  await until("it has been refused three times", () => world.api.faultsLeft === 0);
  world.api.put(stored, peer("tor"));
  await until("it is read once it may be", () => peers().includes("tor"));
});

test("a storage group that was read stays when it may not be read for a while", async () => {
  serve({ v3: false, storage: true });
  world.api.put(stored, peer("tor"));
  void world.run();
  await world.synced();
  world.api.fault("stream", stored, refuse(403, "Forbidden"), refuse(500, "InternalError"));
  world.api.endWatches(stored);
  world.api.put(stored, peer("tor2"));
  await until("it is read again", () => peers().includes("tor2"));
  expect(world.failures.map(({ code }) => code)).toEqual(["forbidden", "rejected"]);
  expect(world.removals).toEqual([]);
});
