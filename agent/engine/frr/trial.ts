// What replaces something in use is tried first, where nobody is: what bgpd refuses must not cost what runs. A neighbour
// at another address, route-maps and lists under another name.
import { familyOf, parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import type { Peer } from "../../model/peer.ts";
import { addShutNeighbor, refusalText, removeNeighbors, Script } from "./change.ts";
import type { Unit } from "./ledger.ts";
import { ours } from "./names.ts";
import type { Rendering } from "./rendering.ts";
import type { ApplyContext } from "./routes.ts";
import { clearAway, define } from "./stanzas.ts";
import type { Stanzas } from "./stanzas.ts";
import type { Vty } from "./vty.ts";

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
      refused.set(peer.address, refusalText(first.line).replaceAll(address, peer.address));
  }
  return refused;
}

/** Nothing of ours has a name like these. */
const trialNames = `${ours}TRIAL-`;

/** What bgpd says against the stanzas of each of these units. @throws {EngineError} */
export async function tryStanzas(
  vty: Vty,
  tried: readonly { readonly unit: Unit; readonly stanzas: Stanzas }[],
): Promise<ReadonlyMap<Unit, string>> {
  const refused = new Map<Unit, string>();
  if (tried.length === 0) return refused;
  const trials = tried.map(({ unit, stanzas }) => ({ unit, stanzas: renamed(stanzas) }));
  const script = new Script();
  trials.forEach(({ stanzas }, index) =>
    script.add({ t: "unit", unit: index }, ...define(stanzas, new Map())),
  );
  for (const { owner, line } of await script.send(vty)) {
    const unit = owner.t === "unit" ? trials[owner.unit]?.unit : undefined;
    if (unit !== undefined && !refused.has(unit))
      refused.set(unit, refusalText(line).replaceAll(trialNames, ours));
  }
  const all = new Map(trials.flatMap(({ stanzas }) => [...stanzas]));
  await new Script().add({ t: "unit", unit: 0 }, ...clearAway(new Map(), all)).send(vty);
  return refused;
}

function renamed(stanzas: Stanzas): Stanzas {
  return new Map([...stanzas].map(([head, body]) => [head.replace(ours, trialNames), body]));
}
