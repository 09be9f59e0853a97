// What the export filters do to a route, peer by peer, in words.
import type { ConfiguredPeer, NodeConfig } from "../config/node-config.ts";
import { objectName } from "../config/spec.ts";
import { prefixFamily } from "../model/prefix.ts";
import { exportFilter } from "../plan/export-filter.ts";
import type { DecidingRule, ExportedAttributes, ExportVerdict } from "../plan/export-filter.ts";
import type { PlannedRoute } from "../plan/planned-route.ts";
import { namedFilters, targetOf } from "../plan/reach.ts";
import type { PeerExplanation } from "./explanation.ts";

/** One entry for each peer that is not sent the route, or is sent it with other attributes; by name. */
export function explainPeers(route: PlannedRoute, config: NodeConfig): readonly PeerExplanation[] {
  return config.peers
    .filter(({ filters }) => filters?.length !== 0)
    .flatMap((peer) => explainPeer(route, peer, config));
}

function explainPeer(
  route: PlannedRoute,
  peer: ConfiguredPeer,
  { asn, filters }: NodeConfig,
): readonly PeerExplanation[] {
  const verdict = exportFilter(namedFilters(peer, filters), route, targetOf(peer, asn));
  if (verdict.t === "accept" && !verdict.changed) return [];
  return [{ peer: peer.name, sent: verdict.t === "accept", says: sentence(verdict, route) }];
}

function sentence(verdict: ExportVerdict, route: PlannedRoute): string {
  switch (verdict.t) {
    case "unknown":
      return "which filters it has cannot be read";
    case "closed": {
      const filter = objectName({ kind: "BGPFilter", name: verdict.filter });
      return verdict.why === "missing" ? `there is no ${filter}` : `${filter} cannot be read`;
    }
    case "reject":
      return `${ruleText(verdict.by, route)} rejects it`;
    case "accept": {
      const by = verdict.by === null ? "" : ` by ${ruleText(verdict.by, route)}`;
      return `with ${changesText(verdict.attributes, route)}${by}`;
    }
  }
}

function ruleText({ filter, rule }: DecidingRule, { prefix }: PlannedRoute): string {
  const list = prefixFamily(prefix) === "ipv4" ? "exportV4" : "exportV6";
  return `rule ${rule} of ${objectName({ kind: "BGPFilter", name: filter })} (spec.${list}[${rule - 1}])`;
}

/** What differs from the route's own attributes. */
function changesText(sent: ExportedAttributes, route: PlannedRoute): string {
  const added = [...sent.communities, ...sent.largeCommunities].filter(
    (community) =>
      !([...route.communities, ...route.largeCommunities] as readonly string[]).includes(community),
  );
  return [
    added.length === 0 ? [] : `communities ${added.join(" ")} as well`,
    sent.path.length === route.prepend ? [] : `AS path ${sent.path.join(" ")}`,
    sent.localPref === route.localPref ? [] : `LOCAL_PREF ${sent.localPref ?? "unset"}`,
  ]
    .flat()
    .join(", ");
}
