// A speaker that is down, and what of the file that it begins with is not wanted any more.
import { beforeEach, describe, expect, it } from "vitest";
import { ip, node } from "../decide/decide.fixture.ts";
import { EngineError } from "../engine/contract.ts";
import { MemorySpeaker } from "../engine/memory/speaker.ts";
import { parsePrefix } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import type { DesiredOptions } from "./desired.ts";
import { peer, readySlice, startWorld, sync, tor } from "./loop.fixture.ts";
import type { World } from "./loop.fixture.ts";

const prefixes = ["10.49.0.0/16", "10.49.0.1/32", "10.49.0.2/32", "10.244.1.0/24"].map(known);
const [, first = known(""), second = known(""), pods = known("")] = prefixes;
const other = ip("192.168.1.2");

function known(text: string): Prefix {
  const prefix = parsePrefix(text)?.prefix;
  if (prefix === undefined) throw new Error(`${text} is no prefix`);
  return prefix;
}

let lines: string[];
/** What of all these stayed wanted, each time that the engine was told to forget. */
let told: string[][];
let fault: EngineError | null;
beforeEach(() => {
  lines = [];
  told = [];
  fault = null;
});

interface Start {
  readonly before?: World;
  readonly shutdown?: "keep" | "withdraw";
  readonly options?: Partial<DesiredOptions>;
}

/** An agent whose speaker begins with a file. */
function start({ before, shutdown = "keep", options = {} }: Start = {}): World {
  const speaker = (clock: World["clock"]) => before?.speaker ?? new MemorySpeaker({ clock });
  const world = startWorld(speaker, shutdown, lines, undefined, null, options);
  Object.assign(world.engine, {
    forget: (wanted: { route: (prefix: Prefix) => boolean; peer: (address: typeof tor) => boolean }) => {
      told.push([...prefixes.filter(wanted.route), ...[tor, other].filter(wanted.peer)]);
      return fault === null ? Promise.resolve(1) : Promise.reject(fault);
    },
  });
  return world;
}

async function synced(world: World): Promise<World> {
  sync(world.cluster, ["10.49.0.1", "10.49.0.2"]);
  world.cluster.set("BGPPeer", "tor2", peer("tor2", other));
  await world.clock.advance(0);
  return world;
}

async function down(world: World): Promise<World> {
  world.speaker.kill();
  await world.clock.advance(1_000);
  return world;
}

const all = ["10.49.0.0/16", first, second, tor, other];

describe("R2: while the speaker is down, the file that it begins with", () => {
  it("loses what goes, when it goes and not over and over", async () => {
    const world = await down(await synced(start()));
    expect(told).toEqual([all]);
    world.cluster.set("EndpointSlice", "default/s-10.49.0.2", readySlice("10.49.0.2", false));
    await world.clock.advance(10_000);
    expect(told).toEqual([all, all.filter((each) => each !== second)]);
    world.cluster.remove("BGPPeer", "tor2");
    await world.clock.advance(10_000);
    expect(told.at(-1)).toEqual(["10.49.0.0/16", first, tor]);
    expect(told).toHaveLength(3);
    expect(lines).toContain(
      "info 1 item(s) that are not wanted any more are out of the file that the speaker begins with",
    );
    await world.stop();
  });

  it("is left alone while the speaker is up, or silent", async () => {
    const world = await synced(start());
    world.cluster.set("EndpointSlice", "default/s-10.49.0.2", readySlice("10.49.0.2", false));
    await world.clock.advance(10_000);
    expect(told).toEqual([]);
    world.speaker.freeze();
    await world.clock.advance(60_000);
    expect(world.told.failures).toContain("timeout");
    expect(told).toEqual([]);
    world.speaker.thaw();
    await world.stop();
  });

  it("is left alone until it is known what is wanted", async () => {
    const world = await down(start());
    expect(told).toEqual([]);
    await synced(world);
    await world.clock.advance(1_000);
    expect(told).toEqual([all]);
    await world.stop();
  });

  it("loses what a drained node does not announce any more, and keeps its pods' networks", async () => {
    const world = start({ options: { podCidrs: "node" } });
    await synced(world);
    world.cluster.set("Node", "n1", node({ name: "n1", podCIDRs: [pods] }));
    await down(world);
    world.drainer.ask("asked");
    await world.clock.advance(1_000);
    expect(told.at(-1)).toEqual([pods, tor, other]);
    world.drainer.undo("asked");
    await world.clock.advance(1_000);
    expect(told.at(-1)).toEqual([...all.slice(0, 3), pods, tor, other]);
    await world.stop();
  });

  it("keeps every session while it is not known what one of them was", async () => {
    const before = await synced(start());
    await before.stop();
    const world = start({ before });
    before.speaker.kill();
    await synced(world);
    world.cluster.set("BGPPeer", "tor", peer("tor", tor, { asNumber: "x" }));
    world.cluster.remove("BGPPeer", "tor2");
    await world.clock.advance(1_000);
    expect(told.at(-1)).toEqual(all);

    // Once it is known, the session that cannot be read is as it was.
    world.speaker.start();
    await world.clock.advance(1_000);
    await down(world);
    expect(told.at(-1)).toEqual(["10.49.0.0/16", first, second, tor]);
    await world.stop();
  });

  it("that cannot be written is told once, and tried again", async () => {
    const world = await synced(start());
    fault = new EngineError("refused", "the disk is full");
    await down(world);
    await world.clock.advance(5_000);
    expect(told.length).toBeGreaterThan(3);
    const says =
      "error the speaker may begin with what is not wanted any more: the disk is full; trying again";
    expect(lines.filter((line) => line === says)).toHaveLength(1);
    fault = null;
    await world.clock.advance(1_000);
    const tries = told.length;
    await world.clock.advance(5_000);
    expect(told).toHaveLength(tries);
    await world.stop();
  });
});

describe("R9: an agent that is told to take its routes with it", () => {
  it("takes them out of the file of a speaker that is down, and keeps the sessions", async () => {
    const world = await down(await synced(start({ shutdown: "withdraw" })));
    expect(await world.stop()).toBe(false);
    expect(told.at(-1)).toEqual([tor, other]);
  });

  it("leaves the file alone when the speaker has taken them back, or it never knew what was wanted", async () => {
    const world = await synced(start({ shutdown: "withdraw" }));
    expect(await world.stop()).toBe(true);
    const unsynced = await down(start({ shutdown: "withdraw" }));
    expect(await unsynced.stop()).toBe(false);
    expect(told).toEqual([]);
  });
});
