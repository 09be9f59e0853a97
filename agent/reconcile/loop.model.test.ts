// Random histories of objects and faults: whatever happened, in the end the speaker holds exactly what a decision from
// scratch says.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { cidr, node } from "../decide/decide.fixture.ts";
import { sameRoute } from "../model/route.ts";
import { Desired } from "./desired.ts";
import { DirtySet } from "./dirty-set.ts";
import { driftCheck } from "./holder.ts";
import { configuration, desiredDefaults, local, peer, readySlice, startWorld, sync } from "./loop.fixture.ts";
import type { World } from "./loop.fixture.ts";

const addresses = ["10.49.0.1", "10.49.0.2", "10.49.0.3"] as const;
const excludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

const address = fc.constantFrom(...addresses);
const step = fc.oneof(
  fc.record({ t: fc.constant("service" as const), address, there: fc.boolean() }),
  fc.record({ t: fc.constant("slice" as const), address, ready: fc.option(fc.boolean()) }),
  fc.record({ t: fc.constant("node" as const), excluded: fc.boolean() }),
  fc.record({
    t: fc.constant("config" as const),
    cidrs: fc.subarray(["10.49.0.0/16", "10.50.0.0/16", "10.49.0.2/32"]),
  }),
  fc.record({ t: fc.constant("peer" as const), there: fc.boolean() }),
  fc.record({ t: fc.constant("relist" as const), there: fc.subarray([...addresses]) }),
  fc.record({
    t: fc.constant("speaker" as const),
    fault: fc.constantFrom("kill", "start", "freeze", "thaw"),
  }),
  fc.record({ t: fc.constant("hand" as const), address }),
  fc.record({ t: fc.constant("drain" as const), asked: fc.boolean() }),
  fc.record({ t: fc.constant("refuse" as const), address, refused: fc.boolean() }),
  fc.record({ t: fc.constant("wait" as const), ms: fc.constantFrom(0, 30, 5_000, driftCheck.countMs) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function take({ clock, cluster, drainRequests, speaker }: World, it: Step): Promise<void> {
  switch (it.t) {
    case "service": {
      const key = `default/s-${it.address}`;
      if (it.there) cluster.set("Service", key, local(it.address));
      else cluster.remove("Service", key);
      return;
    }
    case "slice": {
      const key = `default/s-${it.address}`;
      if (it.ready === null) cluster.remove("EndpointSlice", key);
      else cluster.set("EndpointSlice", key, readySlice(it.address, it.ready));
      return;
    }
    case "node":
      cluster.set("Node", "n1", node({ labels: it.excluded ? { [excludeLabel]: "" } : {} }));
      return;
    case "config":
      cluster.set("BGPConfiguration", "default", configuration(it.cidrs));
      return;
    case "peer":
      if (it.there) cluster.set("BGPPeer", "second", peer("second", "192.168.1.2"));
      else cluster.remove("BGPPeer", "second");
      return;
    case "relist":
      cluster.replace("Service", new Map(it.there.map((each) => [`default/s-${each}`, local(each)])));
      return;
    case "speaker":
      if (it.fault === "kill") speaker.kill();
      else if (it.fault === "start") speaker.start();
      else if (it.fault === "freeze") speaker.freeze();
      else speaker.thaw();
      return;
    case "hand":
      speaker.deleteByHand(cidr(`${it.address}/32`));
      return;
    case "drain":
      await (it.asked ? drainRequests.ask() : drainRequests.undo());
      return;
    case "refuse":
      if (it.refused) speaker.refuse(cidr(`${it.address}/32`), "no room");
      else speaker.accept(cidr(`${it.address}/32`));
      return;
    case "wait":
      await clock.advance(it.ms);
  }
}

it("the speaker ends up with exactly what a from-scratch decision says, after any history", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (history) => {
      const world = startWorld();
      const { clock, cluster, speaker } = world;
      sync(cluster, []);
      for (const each of history) await take(world, each);
      await world.drainRequests.undo();
      speaker.thaw();
      speaker.start();
      for (const each of addresses) speaker.accept(cidr(`${each}/32`));
      // Long enough for the slowest retry and for one full comparison.
      await clock.advance(2 * driftCheck.fullMs);
      const scratch = new Desired(cluster, desiredDefaults);
      const dirty = new DirtySet(clock);
      dirty.add({ t: "all" });
      scratch.refresh(dirty.take());
      const wanted = scratch.plan();
      expect([...speaker.routes.keys()].sort()).toEqual(
        wanted.routes.map(({ prefix }) => prefix as string).sort(),
      );
      for (const route of wanted.routes) {
        const held = speaker.routes.get(route.prefix);
        expect(held != null && sameRoute(held, route)).toBe(true);
      }
      expect([...speaker.peers.keys()].sort()).toEqual(
        wanted.peers.map((each) => each.address as string).sort(),
      );
      await world.stop();
    }),
    { numRuns: 200 },
  );
}, 30_000);
