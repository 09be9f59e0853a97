// What the speaker is asked for: what is desired, less what this speaker cannot honour.
import type { Engine } from "../engine/contract.ts";
import type { Peer } from "../model/peer.ts";
import type { Problem } from "../model/problem.ts";
import type { Desired } from "./desired.ts";

export interface Wish {
  readonly peers: readonly Peer[];
  /** Why peers are missing from the list. */
  readonly problems: readonly Problem[];
}

/** Peers that the engine refuses are left out and told, never brought up half configured. */
export function makeWish(desired: Desired, engine: Engine): Wish {
  const { peers } = desired.config;
  const problems = engine.refusals({ peers });
  const refused = new Set(
    problems.filter(({ severity }) => severity === "error").map(({ object }) => object),
  );
  return { peers: peers.filter((peer) => !refused.has(`BGPPeer/${peer.name}`)), problems };
}
