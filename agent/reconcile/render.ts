// What a speaker that reads files would be given, once, for people.
import type { ConfigurationFile, FileEngine } from "../engine/rendering.ts";
import type { Rejection } from "../engine/contract.ts";
import type { Peer } from "../model/peer.ts";
import type { Problem } from "../model/problem.ts";
import { Secret } from "../model/secret.ts";
import type { Desired } from "./desired.ts";
import { makeWish } from "./wish.ts";

export interface RenderedWish {
  /** None, while it is not known who the node is. */
  readonly files: readonly ConfigurationFile[];
  /** In no order. */
  readonly problems: readonly Problem[];
}

/**
 * No password is in the texts.
 *
 * @throws {TemplateError} when a template cannot be filled
 */
export function renderDesired(desired: Desired, engine: FileEngine): RenderedWish {
  const { instance } = desired;
  const { peers, problems } = makeWish(desired, engine);
  if (instance === null) return { files: [], problems: desired.problems(problems) };
  const wish = { instance, peers: peers.map(withoutPassword), routes: [...desired.routes()] };
  const { files, rejections } = engine.render(wish);
  const refused = rejections.map((rejection) => problemOf(rejection, desired));
  return { files, problems: desired.problems([...problems, ...refused]) };
}

function withoutPassword(peer: Peer): Peer {
  return peer.password === null ? peer : { ...peer, password: new Secret(String(peer.password)) };
}

function problemOf({ item, error }: Rejection, desired: Desired): Problem {
  const told = { severity: "error", message: error.message } as const;
  if (item.t !== "route") {
    const peer = desired.config.peers.find(({ address }) => address === item.address);
    return { object: `BGPPeer/${peer?.name ?? item.address}`, field: "spec", ...told };
  }
  const [owner] = desired.owners(item.prefix);
  const object = owner === undefined ? "BGPConfiguration/default" : `Service/${owner.service}`;
  return { object, field: "", ...told };
}
