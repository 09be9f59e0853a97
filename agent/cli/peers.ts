// `bellman peers`: the sessions of the running agent.
import { endpointText } from "../config/values.ts";
import type { PeersJson, SessionJson } from "../serve/api.ts";
import { hasLists } from "./agent-client.ts";
import { askingCommand } from "./asking.ts";
import { table } from "./table.ts";

export const peersCommand = askingCommand<PeersJson>({
  name: "peers",
  about: "The sessions of the running agent: state, since when, and how many routes each is sent.",
  path: "/api/v1/peers",
  is: hasLists<PeersJson>("peers"),
  table: peersTable,
  exitCode: () => 0,
});

export function peersTable({ node, peers }: PeersJson, wide: boolean): string {
  if (peers.length === 0) return `No BGPPeer is for ${node}.\n`;
  return table(
    ["PEER", "ADDRESS", "AS", "STATE", "SINCE", "ROUTES", ...(wide ? ["LOCAL AS", "SENT"] : [])],
    peers.map((peer) => [
      peer.name,
      endpointText(peer),
      String(peer.asn),
      peer.state,
      peer.establishedSince ?? "-",
      String(peer.routes.length),
      ...(wide ? [String(peer.localAsn), sent(peer)] : []),
    ]),
  );
}

/** Routes that the speaker has counted, per family. */
function sent({ advertised }: SessionJson): string {
  return (
    Object.entries(advertised)
      .map(([family, count]) => `${family} ${count}`)
      .join(", ") || "-"
  );
}
