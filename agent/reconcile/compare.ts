// The difference between what is wanted and what the speaker holds.
import type { Held, Imports, SpeakerChange } from "../engine/contract.ts";
import { samePeer } from "../model/peer.ts";
import type { Peer } from "../model/peer.ts";
import type { Prefix } from "../model/prefix.ts";
import { sameRoute } from "../model/route.ts";
import type { Route } from "../model/route.ts";

export type RouteChange = Pick<SpeakerChange, "announce" | "withdraw">;
export type PeerChange = Pick<SpeakerChange, "addPeers" | "removePeers">;

export const noPeers: PeerChange = { addPeers: [], removePeers: [] };

/** Compares everything. */
export function compareAll(
  wanted: { readonly routes: Iterable<Route>; readonly peers: Iterable<Peer> },
  held: Held,
): SpeakerChange {
  const announce: Route[] = [];
  const seen = new Set<Prefix>();
  for (const route of wanted.routes) {
    seen.add(route.prefix);
    const old = held.routes.get(route.prefix);
    if (!holdsRoute(old, route)) announce.push(route);
  }
  const withdraw = [...held.routes.keys()].filter((prefix) => !seen.has(prefix));
  return { announce, withdraw, ...comparePeers(wanted.peers, held.peers) };
}

/** Compares only the prefixes given. */
export function compareRoutes(
  prefixes: Iterable<Prefix>,
  wanted: (prefix: Prefix) => Route | undefined,
  held: Held["routes"],
): RouteChange {
  const announce: Route[] = [];
  const withdraw: Prefix[] = [];
  for (const prefix of prefixes) {
    const route = wanted(prefix);
    const old = held.get(prefix);
    if (route === undefined) {
      if (old !== undefined) withdraw.push(prefix);
    } else if (!holdsRoute(old, route)) announce.push(route);
  }
  return { announce, withdraw };
}

/** A changed peer is removed and added: the speaker resets the session either way. Equal ones are not touched. */
export function comparePeers(wanted: Iterable<Peer>, held: Held["peers"]): PeerChange {
  const addPeers: Peer[] = [];
  const gone = new Set(held.keys());
  for (const peer of wanted) {
    const old = held.get(peer.address);
    if (old != null && samePeer(old, peer)) gone.delete(peer.address);
    else addPeers.push(peer);
  }
  return { addPeers, removePeers: [...gone] };
}

function holdsRoute(held: Route | null | undefined, wanted: Route): boolean {
  return held != null && sameRoute(held, wanted);
}

/** @param held null: not known */
export function compareImports(wanted: Imports, held: Imports | null): Pick<SpeakerChange, "imports"> {
  const same = held !== null && JSON.stringify([...wanted]) === JSON.stringify([...held]);
  return same ? {} : { imports: wanted };
}

export function isEmpty(change: SpeakerChange): boolean {
  return sizeOf(change) === 0;
}

export function sizeOf({ announce, withdraw, addPeers, removePeers, imports }: SpeakerChange): number {
  const size = announce.length + withdraw.length + addPeers.length + removePeers.length;
  return size + (imports === undefined ? 0 : 1);
}
