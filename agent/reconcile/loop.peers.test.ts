import { expect, test } from "vitest";
import { node } from "../decide/decide.fixture.ts";
import { peer, startWorld, sync, tor } from "./loop.fixture.ts";

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
