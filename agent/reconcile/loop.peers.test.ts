import { expect, test } from "vitest";
import { ip, node } from "../decide/decide.fixture.ts";
import { heldPrefixes, local, peer, readySlice, startWorld, sync, tor } from "./loop.fixture.ts";

test("P2: the peers for nodes with labels follow the node's labels, and no other session is touched", async () => {
  const { clock, cluster, speaker, stop } = startWorld();
  sync(cluster);
  cluster.set("BGPPeer", "second", peer("second", "192.168.1.2", { nodeSelector: "rack == 'r1'" }));
  await clock.advance(0);
  expect([...speaker.peers.keys()]).toEqual([tor]);
  speaker.clearNews();
  cluster.set("Node", "n1", node({ labels: { rack: "r1" } }));
  await clock.advance(0);
  expect([...speaker.peers.keys()]).toEqual([tor, "192.168.1.2"]);
  expect(speaker.news.length).toBeGreaterThan(0);
  expect(speaker.news.every(({ t, to }) => t === "announced" && to === "192.168.1.2")).toBe(true);
  speaker.clearNews();
  cluster.set("Node", "n1", node({ labels: { rack: "r1", other: "x" } }));
  await clock.advance(0);
  expect(speaker.news).toEqual([]);
  cluster.set("Node", "n1", node());
  await clock.advance(0);
  expect([...speaker.peers.keys()]).toEqual([tor]);
  expect(speaker.news.filter(({ to }) => to === tor)).toEqual([]);
  await stop();
});

test("R7: a session that the speaker refuses is tried again with growing delays, the other and the routes are in place", async () => {
  const { clock, cluster, speaker, told, stop } = startWorld();
  const other = ip("192.168.1.2");
  speaker.refuse(tor, "no room");
  sync(cluster);
  cluster.set("BGPPeer", "tor2", peer("tor2", other));
  await clock.advance(0);
  expect([...speaker.peers.keys()]).toEqual([other]);
  const refusals = told.failures.length;
  // Routes that come meanwhile do not make it try more often.
  for (let third = 0; third < 20; third++) {
    const address = `10.49.1.${third}`;
    cluster.set("Service", `default/s-${address}`, local(address));
    cluster.set("EndpointSlice", `default/s-${address}`, readySlice(address));
    await clock.advance(500);
  }
  expect(heldPrefixes(speaker)).toHaveLength(22);
  expect(told.failures.length - refusals).toBeGreaterThan(1);
  expect(told.failures.length - refusals).toBeLessThan(8);
  expect(speaker.news.every(({ t, to }) => t === "announced" && to === other)).toBe(true);
  speaker.accept(tor);
  await clock.advance(60_000);
  expect([...speaker.peers.keys()].sort()).toEqual([tor, other]);
  await stop();
});

test("P13: a session that the speaker could not be asked for comes when it can be, and no other is touched", async () => {
  const { clock, cluster, speaker, engine, stop } = startWorld();
  const other = ip("192.168.1.2");
  const problem = { object: "BGPPeer/tor2", field: "spec", severity: "error", message: "no bfdd" } as const;
  let refused = [problem];
  Object.assign(engine, { refusals: () => refused });
  sync(cluster);
  cluster.set("BGPPeer", "tor2", peer("tor2", other));
  await clock.advance(20_000);
  expect([...speaker.peers.keys()]).toEqual([tor]);
  speaker.clearNews();
  refused = [];
  await clock.advance(10_000);
  expect([...speaker.peers.keys()]).toEqual([tor, other]);
  expect(speaker.news.filter(({ to }) => to === tor)).toEqual([]);
  await stop();
});
