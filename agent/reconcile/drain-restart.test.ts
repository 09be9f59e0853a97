// A drain beside restarts: what has been withdrawn is never announced again by itself, not after a restart of the
// agent, not after one of the speaker; and the drain that comes with the agent's end.
import { afterEach, describe, expect, it, test } from "vitest";
import { cidr } from "../decide/decide.fixture.ts";
import { MemorySpeaker } from "../engine/memory/speaker.ts";
import type { Node } from "../model/node.ts";
import { plainRoute } from "../model/route.ts";
import {
  aggregate,
  begin,
  drained,
  first,
  held,
  marked,
  news,
  phase,
  plain,
  setNode,
} from "./drain.fixture.ts";
import { MemoryDrainStore } from "./drain-store.fixture.ts";
import { drainWaitMs, heldPrefixes, startWorld, sync, tor } from "./loop.fixture.ts";
import type { World } from "./loop.fixture.ts";

let world: World;
afterEach(() => world.stop());

async function start(...how: Parameters<typeof begin>): Promise<World> {
  world = await begin(...how);
  return world;
}

describe("R9: a restart of the agent", () => {
  /** Ends the agent, and starts another beside the same speaker. */
  async function restart(given: Partial<Node> = drained, store?: MemoryDrainStore) {
    await world.stop();
    world.speaker.clearNews();
    await start(given, world.speaker, store);
  }

  it("before anything was marked: marks, waits, withdraws", async () => {
    await start();
    await restart();
    expect([phase(world), held(world)]).toEqual(["marked", marked]);
    await world.clock.advance(drainWaitMs);
    expect(news(world).filter((line) => line.startsWith("announced"))).toEqual([]);
    expect(held(world)).toEqual([]);
  });

  it("while it waits: the whole wait again, without a word to the ToR", async () => {
    await start();
    await setNode(world, drained);
    await world.clock.advance(drainWaitMs - 1);
    await restart();
    await world.clock.advance(drainWaitMs - 1);
    expect([phase(world), held(world), news(world)]).toEqual(["marked", marked, []]);
    await world.clock.advance(1);
    expect(held(world)).toEqual([]);
  });

  it("in the middle of the withdrawal: the rest goes at once, and nothing comes back", async () => {
    await start();
    await setNode(world, drained);
    world.speaker.deleteByHand(cidr(first));
    await restart();
    expect([phase(world), held(world), news(world)]).toEqual(["withdrawn", [], [`withdrawn ${aggregate}`]]);
  });

  it("after the withdrawal: nothing is announced, not even briefly", async () => {
    await start();
    await setNode(world, drained);
    await world.clock.advance(drainWaitMs);
    await restart();
    await world.clock.advance(60_000);
    expect([phase(world), held(world), news(world)]).toEqual(["withdrawn", [], []]);
  });

  it("keeps a drain that was asked for, until it is undone", async () => {
    const store = new MemoryDrainStore();
    await start({}, undefined, store);
    await world.drainRequests.ask();
    await world.clock.advance(drainWaitMs);
    expect([held(world), store.stored]).toEqual([[], { t: "asked", since: "1970-01-01T00:16:40.000Z" }]);
    await restart({}, store);
    await world.clock.advance(60_000);
    expect([phase(world), news(world)]).toEqual(["withdrawn", []]);
    await world.drainRequests.undo();
    await world.clock.advance(0);
    expect([held(world), store.stored]).toEqual([plain, { t: "none" }]);
    await restart({}, store);
    expect([phase(world), held(world), news(world)]).toEqual(["off", plain, []]);
  });

  it("forgets the drain when it was undone meanwhile, and announces", async () => {
    await start(drained);
    await restart({});
    expect([phase(world), held(world)]).toEqual(["off", plain]);
  });

  it("beside an empty speaker: a node that is drained from the start announces nothing", async () => {
    await start(drained);
    expect([phase(world), world.speaker.news]).toEqual(["withdrawn", []]);
    expect([...world.speaker.peers.keys()]).toEqual([tor]);
  });

  it("beside a speaker with foreign routes alone: they go, and none of ours comes", async () => {
    const speaker = new MemorySpeaker();
    await start({}, speaker);
    await world.stop();
    for (const prefix of heldPrefixes(speaker)) speaker.deleteByHand(cidr(prefix));
    speaker.announce(plainRoute(cidr("10.49.7.7/32")));
    await start(drained, speaker);
    expect([phase(world), held(world)]).toEqual(["withdrawn", []]);
  });
});

describe("R9: a speaker that is lost", () => {
  /** Out of reach for longer than the wait, and back with all that it held. */
  async function away(): Promise<void> {
    world.speaker.freeze();
    await world.clock.advance(drainWaitMs * 4);
    world.speaker.thaw();
    await world.clock.advance(1_500);
  }

  it("while marking: the drain goes on when it is back", async () => {
    const { clock, speaker } = await start();
    speaker.freeze();
    await setNode(world, drained);
    await clock.advance(drainWaitMs * 4);
    expect([phase(world), held(world)]).toEqual(["marking", plain]);
    speaker.thaw();
    await clock.advance(1_500);
    expect([phase(world), held(world)]).toEqual(["marked", marked]);
    await clock.advance(drainWaitMs);
    expect(held(world)).toEqual([]);
  });

  it("while it waits: the whole wait begins anew when it is back", async () => {
    const { clock } = await start();
    await setNode(world, drained);
    await clock.advance(1_000);
    await away();
    expect([phase(world), held(world)]).toEqual(["marked", marked]);
    await clock.advance(drainWaitMs);
    expect([phase(world), held(world)]).toEqual(["withdrawn", []]);
  });

  it("while withdrawing: what is left goes when it is back", async () => {
    const { clock, speaker } = await start();
    await setNode(world, drained);
    await clock.advance(drainWaitMs - 1);
    speaker.freeze();
    await clock.advance(1);
    expect([phase(world), held(world)]).toEqual(["withdrawn", marked]);
    await clock.advance(drainWaitMs * 4);
    speaker.thaw();
    await clock.advance(1_500);
    expect([phase(world), held(world)]).toEqual(["withdrawn", []]);
  });

  test.each([
    ["while it waits", drainWaitMs - 1],
    ["after the withdrawal", drainWaitMs],
  ])("%s, and comes back empty: nothing is announced again", async (_title, ms) => {
    const { clock, speaker } = await start();
    await setNode(world, drained);
    await clock.advance(ms);
    speaker.kill();
    speaker.clearNews();
    await clock.advance(1_000);
    speaker.start();
    await clock.advance(60_000);
    expect([phase(world), held(world), news(world)]).toEqual(["withdrawn", [], []]);
    await setNode(world, {});
    expect(held(world)).toEqual(plain);
  });
});

describe("R9: SIGTERM with --shutdown withdraw", () => {
  async function beginToWithdraw(): Promise<World> {
    world = startWorld(undefined, "withdraw");
    sync(world.cluster);
    await world.clock.advance(0);
    world.speaker.clearNews();
    return world;
  }

  it("marks, waits, withdraws and ends, and follows events meanwhile", async () => {
    const { clock, cluster, speaker, loop, stop, terminate } = await beginToWithdraw();
    terminate();
    await clock.advance(drainWaitMs - 1);
    expect([phase(world), held(world), loop.state.t]).toEqual(["marked", marked, "holding"]);
    cluster.remove("Service", "default/s-10.49.0.1");
    await clock.advance(0);
    expect(held(world)).toEqual([`${aggregate}!`]);
    await clock.advance(1);
    expect([held(world), loop.state.t, [...speaker.peers.keys()]]).toEqual([[], "stopped", [tor]]);
    expect(await stop()).toBe(true);
  });

  it("ends at once on a node that is drained", async () => {
    const { clock, loop, stop, terminate } = await beginToWithdraw();
    await setNode(world, drained);
    await clock.advance(drainWaitMs);
    terminate();
    await clock.advance(0);
    expect(loop.state.t).toBe("stopped");
    expect(await stop()).toBe(true);
  });

  it("ends at once when the speaker is lost while it waits, and does not claim to have withdrawn", async () => {
    const { clock, loop, speaker, stop, terminate } = await beginToWithdraw();
    terminate();
    await clock.advance(1_000);
    speaker.kill();
    await clock.advance(0);
    expect(loop.state.t).toBe("stopped");
    expect(await stop()).toBe(false);
  });
});
