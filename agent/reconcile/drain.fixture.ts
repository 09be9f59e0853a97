// A loop on a node that is drained, and what its speaker and its ToR then have.
import { node } from "../decide/decide.fixture.ts";
import type { MemorySpeaker } from "../engine/memory/speaker.ts";
import { gracefulShutdown } from "../model/community.ts";
import type { Node } from "../model/node.ts";
import type { MemoryDrainStore } from "./drain-store.fixture.ts";
import { startWorld, sync } from "./loop.fixture.ts";
import type { World } from "./loop.fixture.ts";

export const [aggregate, first] = ["10.49.0.0/16", "10.49.0.1/32"];
export const plain = [aggregate, first];
/** As `held` writes them. */
export const marked = plain.map((prefix) => `${prefix}!`);
export const drained = { drainRequested: true } as const;

/** A loop at work on n1, beside a speaker that may be there from before. */
export async function begin(
  given: Partial<Node> = {},
  speaker?: MemorySpeaker,
  store?: MemoryDrainStore,
): Promise<World> {
  const world = startWorld(speaker && (() => speaker), "keep", [], store);
  await world.drainRequests.restore();
  sync(world.cluster);
  await setNode(world, given);
  return world;
}

export function setNode({ cluster, clock }: World, given: Partial<Node>): Promise<void> {
  cluster.set("Node", "n1", node(given));
  return clock.advance(0);
}

/** Prefixes that the speaker holds, those with all marks of a drain with a `!`. */
export function held({ speaker }: World): readonly string[] {
  return [...speaker.routes]
    .map(([prefix, route]) => {
      const isMarked =
        route?.communities.includes(gracefulShutdown) === true &&
        route.med === 4294967294 &&
        route.localPref === 0;
      return `${prefix}${isMarked ? "!" : ""}`;
    })
    .sort();
}

/** What the ToR was told, in order. */
export function news({ speaker }: World): readonly string[] {
  return speaker.news.map(({ t, prefix }) => `${t} ${prefix}`);
}

export function phase({ drainer }: World): string {
  return drainer.drain.t;
}
