// What the speaker is asked for: what is desired, less what this speaker cannot honour.
import { askedOperations, importRules } from "../config/peer-filters.ts";
import type { Engine, Imports } from "../engine/contract.ts";
import type { Peer } from "../model/peer.ts";
import type { Problem } from "../model/problem.ts";
import type { Desired } from "./desired.ts";

export interface Wish {
  readonly peers: readonly Peer[];
  /** What may be taken from them. */
  readonly imports: Imports;
  /** Why peers are missing from the list. */
  readonly problems: readonly Problem[];
}

/** Peers that the engine refuses are left out and told, never brought up half configured. */
export function makeWish(desired: Desired, engine: Engine): Wish {
  const { peers, filters } = desired.config;
  const operations = new Map(peers.map((peer) => [peer.name, askedOperations(peer, filters)]));
  const asked = peers.map((peer) => [peer, importRules(peer, filters)] as const);
  const imports = new Map(asked.map(([{ name }, rules]) => [name, rules]));
  const problems = engine.refusals({ peers, operations, imports, instance: desired.instance });
  const refused = new Set(
    problems.filter(({ severity }) => severity === "error").map(({ object }) => object),
  );
  const isRefused = ({ name }: Peer) => refused.has(`BGPPeer/${name}`);
  const taken = asked.filter(([peer, rules]) => rules.length > 0 && !isRefused(peer));
  return {
    peers: peers.filter((peer) => !isRefused(peer)),
    imports: new Map(taken.map(([{ address }, rules]) => [address, rules])),
    problems,
  };
}
