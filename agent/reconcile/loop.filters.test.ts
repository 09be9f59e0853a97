import { describe, expect, test } from "vitest";
import { ip } from "../decide/decide.fixture.ts";
import type { MemoryEngine } from "../engine/memory/engine.ts";
import type { MemorySpeaker } from "../engine/memory/speaker.ts";
import type { ConfigObject } from "../model/config-object.ts";
import { heldPrefixes, peer, startWorld, sync, tor } from "./loop.fixture.ts";

const tor2 = ip("192.168.1.2");
const aggregate = "10.49.0.0/16";
const host = "10.49.0.1/32";

function filter(spec: object): ConfigObject {
  return { kind: "BGPFilter", name: "f", uid: "f", labels: {}, spec };
}

const rejectHosts = filter({
  exportV4: [{ cidr: aggregate, matchOperator: "In", prefixLength: { min: 32 }, action: "Reject" }],
});

/** Two ToRs; the second has the filter `f`. */
async function rack(f: ConfigObject | null, names: unknown = ["f"], speaker?: MemorySpeaker) {
  const world = startWorld(speaker && (() => speaker));
  sync(world.cluster);
  if (f !== null) world.cluster.set("BGPFilter", "f", f);
  world.cluster.set("BGPPeer", "tor2", peer("tor2", tor2, { filters: names }));
  await world.clock.advance(0);
  const seen = (address: typeof tor) => [...world.speaker.seenBy(address).keys()].sort();
  const set = async (object: ConfigObject) => {
    world.speaker.clearNews();
    world.cluster.set("BGPFilter", "f", object);
    await world.clock.advance(0);
  };
  return { ...world, seen, set };
}

describe("T6: an export filter on one peer", () => {
  test("keeps routes from that peer alone", async () => {
    const { seen, speaker, desired, stop } = await rack(rejectHosts);
    expect([seen(tor), seen(tor2)]).toEqual([[aggregate, host], [aggregate]]);
    expect(heldPrefixes(speaker)).toEqual([aggregate, host]);
    expect(desired.plan().peers).toMatchObject([
      { name: "tor", routes: [aggregate, host] },
      { name: "tor2", routes: [aggregate] },
    ]);
    await stop();
  });

  test("that changes makes the right routes come and go there, without a reset and without a word to others", async () => {
    const { seen, set, speaker, stop } = await rack(rejectHosts);
    const since = speaker.statuses().map(({ establishedAtMs }) => establishedAtMs);
    await set(filter({ exportV4: [{ action: "Reject" }] }));
    expect(speaker.news).toEqual([{ t: "withdrawn", to: tor2, prefix: aggregate }]);
    await set(filter({}));
    expect(speaker.news.map(({ t, to }) => [t, to])).toEqual([
      ["announced", tor2],
      ["announced", tor2],
    ]);
    await set(
      filter({ exportV4: [{ action: "Accept", operations: [{ addCommunity: { value: "64512:7" } }] }] }),
    );
    expect(speaker.news.map(({ t, to }) => [t, to])).toEqual([
      ["changed", tor2],
      ["changed", tor2],
    ]);
    await set(filter({ exportV4: [{ action: "Perhaps" }] }));
    expect(speaker.news).toEqual([]);
    expect([seen(tor), seen(tor2)]).toEqual([
      [aggregate, host],
      [aggregate, host],
    ]);
    expect(speaker.statuses().map(({ establishedAtMs }) => establishedAtMs)).toEqual(since);
    await stop();
  });

  test("T8: that is missing, or deleted while in use, leaves nothing to that peer, and that is told", async () => {
    const { seen, set, cluster, clock, desired, speaker, stop } = await rack(null);
    const told = () =>
      desired.problems().map(({ object, field, message }) => `${object} ${field}: ${message}`);
    const missing = ['BGPPeer/tor2 spec.filters[0]: there is no BGPFilter "f"; nothing is sent to this peer'];
    expect([seen(tor), seen(tor2), told()]).toEqual([[aggregate, host], [], missing]);
    await set(filter({}));
    expect([seen(tor2), told()]).toEqual([[aggregate, host], []]);
    speaker.clearNews();
    cluster.remove("BGPFilter", "f");
    await clock.advance(0);
    expect([seen(tor2), told()]).toEqual([[], missing]);
    expect(speaker.news.filter(({ to }) => to === tor)).toEqual([]);
    await stop();
  });

  test("that the same objects are listed with again changes nothing", async () => {
    const { cluster, clock, speaker, told, stop } = await rack(rejectHosts);
    speaker.clearNews();
    cluster.replace("BGPFilter", new Map([["f", { ...rejectHosts }]]));
    await clock.advance(400_000);
    expect([speaker.news, told.repairs]).toEqual([[], []]);
    await stop();
  });
});

describe("T6: a peer with an export filter", () => {
  const operation = { addCommunity: { value: "64512:7" } };
  test.each([
    ["deleted", null, rejectHosts],
    ["meant for another node", { node: "n2" }, rejectHosts],
    [
      "that this speaker cannot honour any more",
      {},
      filter({ exportV4: [{ action: "Accept", operations: [operation] }] }),
    ],
  ])("is sent nothing on its way out that it was kept from: %s", async (_, fields, becomes) => {
    const { cluster, clock, engine, speaker, stop } = await rack(rejectHosts);
    engine.cannotOperate("not here");
    speaker.clearNews();
    if (fields === null) cluster.remove("BGPPeer", "tor2");
    else cluster.set("BGPPeer", "tor2", peer("tor2", tor2, { filters: ["f"], ...fields }));
    cluster.set("BGPFilter", "f", becomes);
    await clock.advance(0);
    expect([
      [...speaker.peers.keys()],
      speaker.news.filter(({ t, to }) => t !== "withdrawn" && to === tor2),
    ]).toEqual([[tor], []]);
    await stop();
  });
});

describe("T8: names of filters that cannot be read", () => {
  test("leave the peer the filters that it had", async () => {
    const { seen, cluster, clock, stop } = await rack(rejectHosts);
    cluster.set("BGPPeer", "tor2", peer("tor2", tor2, { filters: "f" }));
    await clock.advance(0);
    expect(seen(tor2)).toEqual([aggregate]);
    await stop();
  });

  test("after a restart of the agent leave the session and nothing to send over it, which is told, until they can be", async () => {
    const before = await rack(rejectHosts);
    await before.stop();
    before.speaker.clearNews();
    const { seen, cluster, clock, desired, speaker, stop } = await rack(rejectHosts, "f", before.speaker);
    expect([seen(tor), seen(tor2)]).toEqual([[aggregate, host], []]);
    expect(speaker.news).toEqual([{ t: "withdrawn", to: tor2, prefix: aggregate }]);
    expect(desired.plan().peers).toMatchObject([{ name: "tor" }, { name: "tor2", routes: [] }]);
    expect(desired.problems()).toContainEqual({
      object: "BGPPeer/tor2",
      field: "spec.filters",
      severity: "error",
      message:
        "which filters the session had is not known since the agent was restarted; nothing is sent to this peer",
    });
    speaker.clearNews();
    cluster.set("BGPPeer", "tor2", peer("tor2", tor2, { filters: ["f"] }));
    await clock.advance(0);
    expect(speaker.news).toEqual([{ t: "announced", to: tor2, prefix: aggregate }]);
    expect(desired.problems()).toEqual([]);
    await stop();
  });
});

test("a speaker that cannot carry out an operation of a filter ends that one session, and tells where it is asked", async () => {
  const { clock, cluster, engine, loop, speaker, told, stop } = startWorld();
  engine.cannotOperate("not here");
  sync(cluster);
  cluster.set("BGPFilter", "f", rejectHosts);
  cluster.set("BGPPeer", "tor2", peer("tor2", tor2, { filters: ["f"] }));
  await clock.advance(0);
  expect([...speaker.seenBy(tor2).keys()]).toEqual([aggregate]);
  const rule = (peerType: string, community: string) => ({
    action: "Accept",
    peerType,
    operations: [{ addCommunity: { value: community } }],
  });
  cluster.set("BGPFilter", "f", filter({ exportV4: [rule("eBGP", "64512:7"), rule("iBGP", "64512:8")] }));
  await clock.advance(0);
  expect([...speaker.peers.keys()]).toEqual([tor]);
  expect(loop.state.t === "holding" && loop.state.holder.wish.problems).toEqual([
    {
      object: "BGPPeer/tor2",
      field: "spec.filters[0]",
      severity: "error",
      message: "f addCommunity: not here",
    },
  ]);
  speaker.clearNews();
  await clock.advance(400_000);
  expect([speaker.news, told.repairs]).toEqual([[], []]);
  await stop();
});

describe("import filters on one peer", () => {
  const accepting = (cidr: string) => filter({ importV4: [{ cidr, matchOperator: "In", action: "Accept" }] });
  const cidrs = ({ imports }: MemoryEngine) =>
    [...imports].map(([address, rules]) => [address, ...rules.map(({ rule }) => rule.prefix?.prefix)]);

  test("come and go without a reset, and are asked for once", async () => {
    const { engine, set, speaker, told, stop } = await rack(accepting("10.1.0.0/16"));
    const since = speaker.statuses().map(({ establishedAtMs }) => establishedAtMs);
    expect(cidrs(engine)).toEqual([[tor2, "10.1.0.0/16"]]);
    await set(accepting("10.2.0.0/16"));
    expect(cidrs(engine)).toEqual([[tor2, "10.2.0.0/16"]]);
    const { imports } = engine;
    await set(
      filter({
        importV4: [{ cidr: "10.2.0.0/16", matchOperator: "In", action: "Accept" }],
        exportV6: [{ action: "Reject" }],
      }),
    );
    expect(engine.imports).toBe(imports);
    await set(filter({}));
    expect(cidrs(engine)).toEqual([]);
    expect(speaker.statuses().map(({ establishedAtMs }) => establishedAtMs)).toEqual(since);
    expect([speaker.news, told.failures]).toEqual([[], []]);
    await stop();
  });

  test("that the speaker refuses are tried again, and cost no session", async () => {
    const { clock, engine, set, speaker, told, stop } = await rack(filter({}));
    const since = speaker.statuses().map(({ establishedAtMs }) => establishedAtMs);
    engine.refuseImports("not today");
    await set(accepting("10.1.0.0/16"));
    expect([cidrs(engine), told.failures]).toEqual([[], ["refused"]]);
    engine.refuseImports(null);
    await clock.advance(1_000);
    expect(cidrs(engine)).toEqual([[tor2, "10.1.0.0/16"]]);
    expect(speaker.statuses().map(({ establishedAtMs }) => establishedAtMs)).toEqual(since);
    await stop();
  });
});
