// The drain in the loop: marks first, waits from when the speaker holds them, withdraws; and is undone.
import { afterEach, describe, expect, it } from "vitest";
import { cidr, node } from "../decide/decide.fixture.ts";
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
import { drainWaitMs, local, readySlice } from "./loop.fixture.ts";
import type { World } from "./loop.fixture.ts";

let world: World;
afterEach(() => world.stop());

async function start(...how: Parameters<typeof begin>): Promise<World> {
  world = await begin(...how);
  return world;
}

describe("R9: a drain", () => {
  it("marks all service routes, withdraws them after the wait, and brings them back when it is undone", async () => {
    const { clock, speaker, desired } = await start();
    const sessions = speaker.statuses().map(({ establishedAtMs }) => establishedAtMs);
    speaker.clearNews();
    await setNode(world, drained);
    expect([phase(world), held(world)]).toEqual(["marked", marked]);
    await clock.advance(drainWaitMs - 1);
    expect([phase(world), held(world)]).toEqual(["marked", marked]);
    await clock.advance(1);
    expect([phase(world), held(world)]).toEqual(["withdrawn", []]);
    expect([...desired.verdicts()].map(({ reason }) => reason)).toEqual(["NodeDraining"]);
    await setNode(world, {});
    expect([phase(world), held(world)]).toEqual(["off", plain]);
    expect(news(world)).toEqual([
      `changed ${aggregate}`,
      `changed ${first}`,
      `withdrawn ${aggregate}`,
      `withdrawn ${first}`,
      `announced ${aggregate}`,
      `announced ${first}`,
    ]);
    expect(speaker.statuses().map(({ establishedAtMs }) => establishedAtMs)).toEqual(sessions);
  });

  it("counts the wait from when the speaker holds the marks, not from the event", async () => {
    const { clock, speaker } = await start();
    speaker.freeze();
    await setNode(world, drained);
    await clock.advance(2_000);
    expect(phase(world)).toBe("marking");
    speaker.thaw();
    await clock.advance(drainWaitMs - 1);
    expect([phase(world), held(world)]).toEqual(["marked", marked]);
    await clock.advance(1);
    expect([phase(world), held(world)]).toEqual(["withdrawn", []]);
  });

  it("is not held up by a route whose marks the speaker refuses", async () => {
    const { clock, speaker } = await start();
    speaker.refuse(cidr(first), "no");
    await setNode(world, drained);
    expect([phase(world), held(world)]).toEqual(["marked", [`${aggregate}!`, first]]);
    await clock.advance(drainWaitMs);
    expect([phase(world), held(world)]).toEqual(["withdrawn", []]);
  });

  it("waits for nothing when there is nothing to withdraw", async () => {
    const { clock, cluster } = await start();
    cluster.set("Node", "n1", node({ networkUnavailable: true }));
    await clock.advance(0);
    await setNode(world, { ...drained, networkUnavailable: true });
    expect(phase(world)).toBe("withdrawn");
    await setNode(world, drained);
    expect(held(world)).toEqual([]);
  });

  it("announces nothing that appears after the withdrawal", async () => {
    const { clock, cluster, speaker } = await start(drained);
    cluster.set("Service", "default/s-10.49.0.2", local("10.49.0.2"));
    cluster.set("EndpointSlice", "default/s-10.49.0.2", readySlice("10.49.0.2"));
    await clock.advance(60_000);
    expect([held(world), speaker.news]).toEqual([[], []]);
  });

  it("ends with its last cause, and not before", async () => {
    const { clock, drainRequests } = await start();
    const taints = [{ key: "ToBeDeletedByClusterAutoscaler", value: "1", effect: "NoSchedule" }];
    await setNode(world, { ...drained, taints });
    await drainRequests.ask();
    await clock.advance(drainWaitMs);
    for (const left of [drained, {}]) {
      await setNode(world, left);
      expect([phase(world), held(world)]).toEqual(["withdrawn", []]);
    }
    await drainRequests.undo();
    await clock.advance(0);
    expect([phase(world), held(world)]).toEqual(["off", plain]);
  });

  it("comes with the end of the Node object", async () => {
    const { clock, cluster } = await start();
    cluster.remove("Node", "n1");
    await clock.advance(0);
    expect(held(world)).toEqual(marked);
    await clock.advance(drainWaitMs);
    expect(held(world)).toEqual([]);
  });
});

describe("R9: a drain that is undone", () => {
  it("before the marks arrive: nothing changes at the ToR", async () => {
    const { clock, speaker } = await start();
    speaker.clearNews();
    speaker.freeze();
    await setNode(world, drained);
    world.cluster.set("Node", "n1", node());
    speaker.thaw();
    await clock.advance(drainWaitMs * 2);
    expect([phase(world), held(world)]).toEqual(["off", plain]);
    expect(news(world).filter((line) => line.startsWith("withdrawn"))).toEqual([]);
  });

  it("while it waits: the marks go, and no withdrawal comes", async () => {
    const { clock, speaker } = await start();
    await setNode(world, drained);
    await clock.advance(drainWaitMs - 1);
    speaker.clearNews();
    await setNode(world, {});
    await clock.advance(drainWaitMs * 2);
    expect([phase(world), news(world)]).toEqual(["off", [`changed ${aggregate}`, `changed ${first}`]]);
    expect(clock.pending).toBe(2); // The alarms of the drift check, and none of the drain.
  });

  it("and begun again has its whole wait again", async () => {
    const { clock } = await start();
    await setNode(world, drained);
    await clock.advance(drainWaitMs - 1);
    await setNode(world, {});
    await setNode(world, drained);
    await clock.advance(drainWaitMs - 1);
    expect([phase(world), held(world)]).toEqual(["marked", marked]);
    await clock.advance(1);
    expect(held(world)).toEqual([]);
  });
});
