// What the speaker is asked for: what is desired, less what this speaker cannot honour.
import { askedOperations } from "../config/peer-filters.ts";
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
  const { peers, filters } = desired.config;
  const operations = new Map(peers.map((peer) => [peer.name, askedOperations(peer, filters)]));
  const problems = engine.refusals({ peers, operations, instance: desired.instance });
  const refused = new Set(
    problems.filter(({ severity }) => severity === "error").map(({ object }) => object),
  );
  return { peers: peers.filter((peer) => !refused.has(`BGPPeer/${peer.name}`)), problems };
}
