import { describe, expect, it } from "vitest";
import { MemorySpeaker } from "../engine/memory/speaker.ts";
import { cidr, ip, node } from "../decide/decide.fixture.ts";
import { plainRoute } from "../model/route.ts";
import { driftCheck } from "./holder.ts";
import {
  configuration,
  heldPrefixes,
  local,
  peer,
  readySlice,
  startWorld,
  sync,
  tor,
} from "./loop.fixture.ts";

const [aggregate, first] = ["10.49.0.0/16", "10.49.0.1/32"];

describe("before the picture is complete", () => {
  it("touches nothing until every kind has been listed, then announces everything", async () => {
    const { clock, cluster, loop, speaker, stop } = startWorld();
    cluster.replace("Service", new Map([["default/s-10.49.0.1", local("10.49.0.1")]]));
    await clock.advance(60_000);
    expect(speaker.instance).toBeNull();
    expect(loop.state.t).toBe("waiting");
    sync(cluster);
    await clock.advance(0);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    expect([...speaker.peers.keys()]).toEqual([tor]);
    await stop();
  });
  it("waits for its own node before it starts BGP", async () => {
    const { clock, cluster, desired, speaker, stop } = startWorld();
    sync(cluster, ["10.49.0.1"], []);
    await clock.advance(0);
    expect(speaker.instance).toBeNull();
    expect(desired.problems().map(({ object }) => object)).toContain("Node/n1");
    cluster.set("Node", "n1", node());
    await clock.advance(0);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    await stop();
  });
});

describe("adoption", () => {
  it("changes nothing at a speaker that holds what is wanted, and tells no neighbour anything", async () => {
    const before = startWorld();
    sync(before.cluster);
    await before.clock.advance(0);
    await before.stop();
    const { speaker } = before;
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    speaker.clearNews();
    const after = startWorld(() => speaker);
    sync(after.cluster);
    await after.clock.advance(0);
    expect(after.loop.state.t).toBe("holding");
    expect(speaker.news).toEqual([]);
    await after.stop();
  });
  it("removes routes and sessions that it did not plan", async () => {
    const prepared = new MemorySpeaker();
    prepared.run({
      asn: (await import("../model/asn.ts")).defaultAsn,
      routerId: ip("192.168.1.10"),
      listenPort: 179,
    });
    prepared.announce(plainRoute(cidr("10.49.7.7/32")));
    prepared.setByHand(cidr(aggregate), null);
    const { clock, cluster, speaker, stop } = startWorld(() => prepared);
    sync(cluster);
    await clock.advance(0);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    expect(speaker.routes.get(cidr(aggregate))).not.toBeNull();
    await stop();
  });
});

describe("what must not cost a session", () => {
  it("an AS number that cannot be read, at a start beside a speaker that runs another: it is left as it is", async () => {
    const before = startWorld();
    sync(before.cluster);
    before.cluster.set("BGPConfiguration", "default", configuration([aggregate], { asNumber: 65010 }));
    await before.clock.advance(0);
    await before.stop();
    const { speaker } = before;
    speaker.clearNews();
    const after = startWorld(() => speaker);
    sync(after.cluster);
    after.cluster.set("BGPConfiguration", "default", configuration([aggregate], { asNumber: "65O10" }));
    await after.clock.advance(0);
    expect(after.loop.state.t).toBe("waiting");
    expect(speaker.instance?.asn).toBe(65010);
    expect(speaker.news).toEqual([]);
    after.cluster.set("BGPConfiguration", "default", configuration([aggregate], { asNumber: 65010 }));
    await after.clock.advance(0);
    expect(after.loop.state.t).toBe("holding");
    expect(speaker.news).toEqual([]);
    await after.stop();
  });
  it("the order of the node's addresses: a router ID stays as long as it is one of them", async () => {
    const { clock, cluster, speaker, told, stop } = startWorld();
    const addresses = [ip("192.168.1.10"), ip("10.9.9.1")];
    sync(cluster);
    cluster.set("Node", "n1", node({ internalIPs: addresses }));
    await clock.advance(0);
    cluster.set("Node", "n1", node({ internalIPs: [...addresses].reverse() }));
    await clock.advance(0);
    expect([speaker.instance?.routerId, told.restarts]).toEqual(["192.168.1.10", 0]);
    cluster.set("Node", "n1", node({ internalIPs: [ip("10.9.9.1")] }));
    await clock.advance(0);
    expect([speaker.instance?.routerId, told.restarts]).toEqual(["10.9.9.1", 1]);
    await stop();
  });
});

describe("following changes", () => {
  it("announces and withdraws one service without touching another", async () => {
    const { clock, cluster, speaker, stop } = startWorld();
    sync(cluster, ["10.49.0.1", "10.49.0.2"]);
    await clock.advance(0);
    speaker.clearNews();
    cluster.set("EndpointSlice", "default/s-10.49.0.1", readySlice("10.49.0.1", false));
    await clock.advance(0);
    cluster.set("EndpointSlice", "default/s-10.49.0.1", readySlice("10.49.0.1"));
    await clock.advance(0);
    expect(speaker.news.map(({ t, prefix }) => [t, prefix])).toEqual([
      ["withdrawn", first],
      ["announced", first],
    ]);
    await stop();
  });
  it("applies the union of what changes while it works", async () => {
    const { clock, cluster, speaker, stop } = startWorld();
    sync(cluster, []);
    await clock.advance(0);
    for (const address of ["10.49.0.1", "10.49.0.2", "10.49.0.3"]) {
      cluster.set("Service", `default/s-${address}`, local(address));
      cluster.set("EndpointSlice", `default/s-${address}`, readySlice(address));
    }
    cluster.remove("Service", "default/s-10.49.0.2");
    await clock.advance(0);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first, "10.49.0.3/32"]);
    await stop();
  });
  it("announces the new prefix before it withdraws the old one", async () => {
    const { clock, cluster, speaker, stop } = startWorld();
    sync(cluster);
    await clock.advance(0);
    speaker.clearNews();
    cluster.set("Service", "default/s-10.49.0.1", { ...local("10.49.0.9"), key: local("10.49.0.1").key });
    await clock.advance(0);
    expect(speaker.news.map(({ t, prefix }) => `${t} ${prefix}`)).toEqual([
      "announced 10.49.0.9/32",
      `withdrawn ${first}`,
    ]);
    await stop();
  });
  it("brings up and ends one session without touching the others", async () => {
    const { clock, cluster, speaker, stop } = startWorld();
    sync(cluster);
    await clock.advance(0);
    const since = speaker.statuses();
    await clock.advance(5);
    cluster.set("BGPPeer", "second", peer("second", "192.168.1.2"));
    await clock.advance(0);
    expect([...speaker.peers.keys()]).toEqual([tor, "192.168.1.2"]);
    cluster.remove("BGPPeer", "second");
    await clock.advance(0);
    expect(speaker.statuses()).toEqual(since);
    await stop();
  });
  it("starts BGP anew once when the AS number changes, and replays everything", async () => {
    const { clock, cluster, speaker, told, stop } = startWorld();
    sync(cluster);
    await clock.advance(0);
    cluster.set("BGPConfiguration", "default", configuration([aggregate], { asNumber: 64513 }));
    await clock.advance(0);
    expect(speaker.instance?.asn).toBe(64513);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    expect(told.restarts).toBe(1);
    await stop();
  });
});

describe("trouble with the speaker", () => {
  it("goes on trying while the speaker is not there, and withdraws nothing meanwhile", async () => {
    const { clock, cluster, loop, speaker, told, stop } = startWorld();
    speaker.kill();
    sync(cluster);
    await clock.advance(10_000);
    expect(loop.state.t).toBe("backoff");
    expect(told.failures.length).toBeGreaterThan(5);
    speaker.start();
    await clock.advance(1_500);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    await stop();
  });
  it("replays all routes before the first session when the speaker comes back empty", async () => {
    const { clock, cluster, speaker, told, stop } = startWorld();
    sync(cluster);
    await clock.advance(0);
    speaker.kill();
    speaker.clearNews();
    await clock.advance(100);
    speaker.start();
    await clock.advance(1_500);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    expect(told.restarts).toBe(1);
    // The memory speaker tells an established neighbour of each change: there was none at that time.
    expect(speaker.news.filter(({ t }) => t !== "announced")).toEqual([]);
    await stop();
  });
  it("R7: applies all but the item that the speaker refuses, and tries that one again with growing delays", async () => {
    const { clock, cluster, speaker, told, stop } = startWorld();
    speaker.refuse(cidr(first), "no room");
    sync(cluster, ["10.49.0.1", "10.49.0.2"]);
    await clock.advance(0);
    expect(heldPrefixes(speaker)).toEqual([aggregate, "10.49.0.2/32"]);
    expect(told.failures).toEqual(["refused"]);
    await clock.advance(10_000);
    expect(told.failures.length).toBeGreaterThan(2);
    expect(told.failures.length).toBeLessThan(8);
    speaker.accept(cidr(first));
    await clock.advance(60_000);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first, "10.49.0.2/32"]);
    await stop();
  });
  it("brings a session back when a refused change of it is undone", async () => {
    const { clock, cluster, speaker, stop } = startWorld();
    sync(cluster);
    await clock.advance(0);
    speaker.refuse(tor, "no");
    cluster.set("BGPPeer", "tor", peer("tor", `${tor}:1790`));
    await clock.advance(0);
    expect([...speaker.peers.keys()]).toEqual([]);
    speaker.accept(tor);
    cluster.set("BGPPeer", "tor", peer("tor", tor));
    await clock.advance(0);
    expect(speaker.peers.get(tor)?.port).toBe(179);
    await stop();
  });
  it("finds a route that was deleted by hand, repairs and counts it", async () => {
    const { clock, cluster, speaker, told, stop } = startWorld();
    sync(cluster);
    await clock.advance(0);
    speaker.deleteByHand(cidr(first));
    await clock.advance(driftCheck.countMs);
    expect(heldPrefixes(speaker)).toEqual([aggregate, first]);
    expect(told.repairs).toEqual([1]);
    await stop();
  });
  it("finds a route that was changed by hand at the full comparison", async () => {
    const { clock, cluster, speaker, told, stop } = startWorld();
    sync(cluster);
    await clock.advance(0);
    speaker.setByHand(cidr(first), null);
    await clock.advance(driftCheck.fullMs);
    expect(speaker.routes.get(cidr(first))).not.toBeNull();
    expect(told.repairs).toEqual([1]);
    await stop();
  });
  it("recovers from a speaker that was frozen, with what changed meanwhile", async () => {
    const { clock, cluster, speaker, stop } = startWorld();
    sync(cluster);
    await clock.advance(0);
    speaker.freeze();
    cluster.remove("Service", "default/s-10.49.0.1");
    await clock.advance(20_000);
    speaker.thaw();
    await clock.advance(5_000);
    expect(heldPrefixes(speaker)).toEqual([aggregate]);
    await stop();
  });
  it("leaves out a peer that the engine cannot honour, says so, and goes on with the others", async () => {
    const { clock, cluster, engine, loop, speaker, stop } = startWorld();
    engine.cannotHonour("second", "no");
    sync(cluster);
    cluster.set("BGPPeer", "second", peer("second", "192.168.1.2"));
    await clock.advance(0);
    expect([...speaker.peers.keys()]).toEqual([tor]);
    expect(loop.state.t === "holding" && loop.state.holder.wish.problems.map(({ object }) => object)).toEqual(
      ["BGPPeer/second"],
    );
    await stop();
  });
});

describe("the log", () => {
  it("tells at the default level that a session is lost, and that it is back", async () => {
    const lines: string[] = [];
    const { clock, cluster, speaker, stop } = startWorld(undefined, "keep", lines);
    sync(cluster);
    await clock.advance(5_000);
    speaker.setReachable(tor, false);
    await clock.advance(0);
    speaker.setReachable(tor, true);
    await clock.advance(0);
    expect(lines.filter((line) => line.includes("session with"))).toEqual([
      "info session with tor (192.168.1.1) is established",
      "warn session with tor (192.168.1.1) is lost after 5 s (the neighbour does not answer): it is active now; look at the neighbour and the way to it",
      "info session with tor (192.168.1.1) is established",
    ]);
    await stop();
  });
});

describe("the end", () => {
  it.each([
    ["keep", [aggregate, first]],
    ["withdraw", []],
  ] as const)("with --shutdown %s the speaker is left with %j", async (shutdown, expected) => {
    const { clock, cluster, speaker, stop } = startWorld(undefined, shutdown);
    sync(cluster);
    await clock.advance(0);
    expect(await stop()).toBe(shutdown === "withdraw");
    expect(heldPrefixes(speaker)).toEqual(expected);
    expect([...speaker.peers.keys()]).toEqual([tor]);
    expect(clock.pending).toBe(0);
  });
  it("does not claim to have taken the routes back from a speaker that was out of reach", async () => {
    const { clock, cluster, speaker, stop } = startWorld(undefined, "withdraw");
    sync(cluster);
    await clock.advance(0);
    speaker.kill();
    await clock.advance(0);
    expect(await stop()).toBe(false);
  });
});
