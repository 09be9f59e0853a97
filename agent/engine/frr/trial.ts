// A changed neighbour is tried first, at an address where nobody is: what bgpd refuses must not cost the session that runs.
import { familyOf, parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import type { Peer } from "../../model/peer.ts";
import { addShutNeighbor, removeNeighbors, Script } from "./change.ts";
import type { Rendering } from "./rendering.ts";
import type { ApplyContext } from "./routes.ts";

/** For documentation (RFC 5737, RFC 3849): no neighbour of anybody's. */
const nobody = { ipv4: "192.0.2.254", ipv6: "2001:db8:ffff::fffe" } as const;

export interface TrialContext extends ApplyContext {
  readonly rendering: Rendering;
}

/** What bgpd says against each of these peers, by address. @throws {EngineError} */
export async function tryPeers(
  { vty, ledger, rendering, asn }: TrialContext,
  peers: readonly Peer[],
): Promise<ReadonlyMap<Address, string>> {
  const refused = new Map<Address, string>();
  for (const peer of peers) {
    const address = parseAddress(nobody[familyOf(peer.address)]);
    if (address === null || ledger.peers.has(address) || ledger.foreignPeers.has(address)) continue;
    const trial = { ...peer, address };
    const script = addShutNeighbor(new Script(), asn, trial, rendering.neighbor(trial, asn));
    const [first] = await script.send(vty);
    await removeNeighbors(new Script(), asn, [address]).send(vty);
    if (first !== undefined)
      refused.set(
        peer.address,
        `"${first.line.line.trim().replaceAll(address, peer.address)}": ${first.line.says}`,
      );
  }
  return refused;
}
