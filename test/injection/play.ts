// The way of the agent, from objects as they are written to the files that a speaker is given.
import type { FileEngine, Rendered, SpeakerWish } from "../../agent/engine/rendering.ts";
import type { Problem } from "../../agent/model/problem.ts";
import type { Peer } from "../../agent/model/peer.ts";
import { Secret } from "../../agent/model/secret.ts";
import { decideOnce } from "../../agent/reconcile/offline.ts";
import { makeWish } from "../../agent/reconcile/wish.ts";
import { DecodeError } from "../../agent/watch/decode/fields.ts";
import { pictureWith, plainDecisions } from "../support/picture.ts";
import type { WireObject } from "../support/picture.ts";
import { birdStatements } from "./bird-statements.ts";
import { frrStatements } from "./frr-statements.ts";

export interface Played {
  readonly wish: SpeakerWish;
  readonly rendered: Rendered;
  readonly problems: readonly Problem[];
}

/** null: it is not even known who the node is, and nothing is written. */
export function play(engine: FileEngine, objects: readonly WireObject[]): Played | null {
  const desired = decideOnce(pictureWith(readable(objects)), {
    ...plainDecisions,
    namespace: "bellman",
    secretsSeen: "all",
    podCidrs: "node",
    gracefulRestart: 20,
    bfd: 300,
  });
  const { instance } = desired;
  if (instance === null) return null;
  const { peers, problems } = makeWish(desired, engine);
  const wish = { instance, peers, routes: [...desired.routes()] };
  return { wish, rendered: engine.render(wish), problems: desired.problems(problems) };
}

/** Objects without a proper name no API hands out, and no source takes. */
function readable(objects: readonly WireObject[]): readonly WireObject[] {
  return objects.filter((object) => {
    try {
      pictureWith([object]);
      return true;
    } catch (error) {
      if (error instanceof DecodeError) return false;
      throw error;
    }
  });
}

/** The same, with a plain word for every text that is the user's own. */
export function plainWish({ instance, peers, routes }: SpeakerWish): SpeakerWish {
  const plain = (peer: Peer): Peer => ({
    ...peer,
    name: "plain",
    password: peer.password === null ? null : new Secret("plain"),
  });
  return { instance, peers: peers.map(plain), routes };
}

const readers = { bird: birdStatements, frr: frrStatements } as const;

/** Kinds of statements in all files, sorted. */
export function statements({ name }: FileEngine, { files }: Pick<Rendered, "files">): readonly string[] {
  return files.flatMap(({ text }) => readers[name](text)).sort();
}
