// Neighbours: removed, added, and what of an addition bgpd refused.
import type { Address } from "../../model/address.ts";
import { samePeer } from "../../model/peer.ts";
import type { Peer } from "../../model/peer.ts";
import { EngineError } from "../contract.ts";
import type { Rejection, SpeakerChange } from "../contract.ts";
import { addNeighbor, refusalText, removeNeighbors, Script } from "./change.ts";
import { defaultRestartSeconds } from "./ledger.ts";
import { sessionProblems } from "./limits.ts";
import type { Companions } from "./limits.ts";
import type { Rendering } from "./rendering.ts";
import type { ApplyContext, Undefined } from "./routes.ts";
import { tryPeers } from "./trial.ts";

/** Those that are not there are no trouble; those of somebody else are left alone. @throws {EngineError} */
export async function removePeers(
  { vty, ledger, asn }: ApplyContext,
  addresses: readonly Address[],
  rejections: Rejection[],
): Promise<void> {
  const mine = addresses.filter((address) => !ledger.foreignPeers.has(address));
  if (mine.length === 0) return;
  const refused = new Map<Address, string>();
  for (const { owner, line } of await removeNeighbors(new Script(), asn, mine).send(vty))
    if (owner.t === "peer") refused.set(owner.address, line.says);
  for (const address of mine) {
    const says = refused.get(address);
    if (says === undefined) ledger.removePeer(address);
    else rejections.push(rejectedPeer(address, `bgpd refused to remove the neighbour ${address}: ${says}`));
  }
}

/** Is it there, and just so? */
export function isHeld({ peers }: Pick<ApplyContext["ledger"], "peers">, peer: Peer): boolean {
  const held = peers.get(peer.address);
  return held != null && held.name === peer.name && samePeer(held, peer);
}

export interface PeersContext extends ApplyContext {
  readonly rendering: Rendering;
  readonly companions: Companions;
  /** Makes `router bgp` offer this restart time; why it does not, or null. */
  readonly offerRestart: (seconds: number) => Promise<string | null>;
  /** Reads bgpd again. */
  readonly renew: () => Promise<void>;
}

/** One that is refused in part is taken out again. @throws {EngineError} */
export async function addPeers(
  context: PeersContext,
  peers: readonly Peer[],
  missing: Undefined,
  rejections: Rejection[],
): Promise<void> {
  const { vty, ledger, asn, rendering } = context;
  const added: Peer[] = [];
  const script = new Script();
  for (const peer of peers) {
    const obstacle = missing.base ?? missing.neighbours.get(peer.address);
    const why = obstacle === undefined ? await obstacleTo(context, peer, added) : `bgpd refused ${obstacle}`;
    if (why !== null) {
      rejections.push(rejectedPeer(peer.address, why));
      continue;
    }
    addNeighbor(script, asn, peer, rendering.neighbor(peer, asn));
    added.push(peer);
  }
  if (script.empty) return;
  const refused = new Map<Address, string>();
  for (const { owner, line } of await script.send(vty))
    if (owner.t === "peer" && !refused.has(owner.address)) refused.set(owner.address, refusalText(line));
  // Another agent that does the same at the same time has been in the way, or faster.
  if (refused.size > 0) await context.renew();
  for (const peer of added) {
    if (isHeld(ledger, peer)) refused.delete(peer.address);
    const says = refused.get(peer.address);
    if (says === undefined) ledger.addPeer(peer);
    else rejections.push(rejectedPeer(peer.address, `bgpd refused ${withoutSecret(peer, says)}`));
  }
  await removeNeighbors(new Script(), asn, [...refused.keys()]).send(vty);
}

async function obstacleTo(
  { ledger, companions, offerRestart }: PeersContext,
  peer: Peer,
  added: readonly Peer[],
): Promise<string | null> {
  const { address, gracefulRestartSeconds } = peer;
  const [problem] = sessionProblems(peer, companions);
  if (problem !== undefined) return problem.message;
  if (ledger.peers.has(address) || added.some((other) => other.address === address))
    return `bgpd has a session with ${address} already`;
  if (ledger.foreignPeers.has(address))
    return `${address} is a neighbour in router bgp already, without being the agent's`;
  if (
    gracefulRestartSeconds === null ||
    gracefulRestartSeconds === (ledger.restartSeconds ?? defaultRestartSeconds)
  )
    return null;
  return offerRestart(gracefulRestartSeconds);
}

/** bgpd repeats what it does not understand. */
function withoutSecret({ password }: Peer, says: string): string {
  return password === null ? says : says.replaceAll(password.reveal(), "(secret)");
}

/** Of the peers that are to be replaced, those that bgpd would not take: their sessions stay. @throws {EngineError} */
export async function triedPeers(
  context: ApplyContext & Pick<PeersContext, "rendering">,
  { addPeers, removePeers }: Pick<SpeakerChange, "addPeers" | "removePeers">,
): Promise<readonly Rejection[]> {
  const replaced = addPeers.filter(({ address }) => removePeers.includes(address));
  const refused = await tryPeers(context, replaced);
  return replaced.flatMap((peer) => {
    const says = refused.get(peer.address);
    return says === undefined
      ? []
      : [rejectedPeer(peer.address, `bgpd refused ${withoutSecret(peer, says)}; the session stays as it is`)];
  });
}

function rejectedPeer(address: Address, message: string): Rejection {
  return { item: { t: "peer", address }, error: new EngineError("refused", message) };
}
