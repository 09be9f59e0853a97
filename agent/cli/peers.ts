// `bellman peers`: the sessions of the running agent.
import { endpointText } from "../config/values.ts";
import type { PeersJson, SessionJson } from "../serve/api.ts";
import { hasLists } from "./agent-client.ts";
import { askingCommand } from "./asking.ts";
import { problemTable } from "./problem-table.ts";
import { sections, table } from "./table.ts";

export const peersCommand = askingCommand<PeersJson>({
  name: "peers",
  about:
    "The sessions of the running agent: state, since when, the routes each is sent, why it was lost last, and what keeps\n" +
    "  others from being brought up.",
  path: "/api/v1/peers",
  is: hasLists<PeersJson>("peers", "problems"),
  table: peersTable,
  exitCode: () => 0,
});

export function peersTable({ node, peers, problems }: PeersJson, wide: boolean): string {
  if (peers.length === 0 && problems.length === 0) return `No BGPPeer is for ${node}.\n`;
  return sections(sessionTable(peers, wide), problemTable(problems));
}

function sessionTable(peers: PeersJson["peers"], wide: boolean): string {
  const further = ["LOCAL AS", "SENT", "TAKEN", "HOLD/KEEPALIVE", "CAPABILITIES"];
  return table(
    ["PEER", "ADDRESS", "AS", "STATE", "SINCE", "ROUTES", "DROPS", "LAST ERROR", ...(wide ? further : [])],
    peers.map((peer) => [
      peer.name,
      endpointText(peer),
      String(peer.asn),
      peer.state,
      peer.since ?? "-",
      String(peer.routes.length),
      peer.lastDrop === null ? String(peer.drops) : `${peer.drops}, last ${peer.lastDrop}`,
      peer.lastError ?? "-",
      ...(wide
        ? [
            String(peer.localAsn),
            counts(peer.advertised),
            counts(peer.accepted),
            timers(peer),
            capabilities(peer),
          ]
        : []),
    ]),
  );
}

/** Routes that the speaker has counted, per family. */
function counts(routes: SessionJson["advertised"]): string {
  const parts = Object.entries(routes).map(([family, count]) => `${family} ${count}`);
  return parts.join(", ") || "-";
}

function timers({ negotiated }: SessionJson): string {
  if (negotiated === null) return "-";
  return `${negotiated.holdTimeSeconds} s/${negotiated.keepaliveSeconds} s`;
}

function capabilities({ negotiated }: SessionJson): string {
  if (negotiated === null) return "-";
  const { families, fourOctetAsn, gracefulRestart } = negotiated;
  const others = [fourOctetAsn && "4-octet AS", gracefulRestart && "graceful restart"];
  return [...families, ...others].filter((part) => part !== false).join(", ") || "-";
}
