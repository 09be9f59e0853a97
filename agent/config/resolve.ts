// The configuration objects and the node, resolved into what holds for this node.
import type { ConfigObject } from "../model/config-object.ts";
import type { Node } from "../model/node.ts";
import { quote } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import { readBgpConfiguration } from "./bgp-configuration.ts";
import { nothingGood } from "./node-config.ts";
import type { LastGood, NodeConfig } from "./node-config.ts";
import { resolvePeers } from "./peers.ts";
import { objectName } from "./spec.ts";

export interface ResolveInput {
  /** BGPConfiguration objects by name. */
  readonly configurations: ReadonlyMap<string, ConfigObject>;
  /** BGPPeer objects by name. */
  readonly peers: ReadonlyMap<string, ConfigObject>;
  /** This node as the API shows it; undefined: not seen. */
  readonly node: Node | undefined;
  readonly nodeName: string;
  /** What the resolution before handed back; `nothingGood` at the start. */
  readonly lastGood: LastGood;
}

export interface Resolved {
  readonly config: NodeConfig;
  /** For the next resolution. */
  readonly lastGood: LastGood;
}

export function resolveConfig(input: ResolveInput): Resolved {
  const { configurations, nodeName, node } = input;
  const cluster = readBgpConfiguration(
    configurations.get("default")?.spec,
    "BGPConfiguration/default",
    input.lastGood.forAll,
  );
  const { peers, problems } = resolvePeers({
    objects: input.peers,
    node,
    nodeName,
    localAsn: cluster.asn,
    lastGood: input.lastGood.peers,
  });
  const { good, ...config } = cluster;
  return {
    config: {
      ...config,
      peers,
      problems: [...cluster.problems, ...otherNames(configurations, nodeName), ...problems],
    },
    lastGood: {
      forAll: good,
      forNode: nothingGood.forNode,
      peers: new Map(peers.map((peer) => [peer.name, peer])),
    },
  };
}

/** BGPConfiguration objects that change nothing, though somebody may expect it. */
function otherNames(configurations: ReadonlyMap<string, ConfigObject>, nodeName: string): readonly Problem[] {
  return [...configurations.values()].flatMap((configuration): readonly Problem[] => {
    const { name } = configuration;
    if (name === "default" || (name.startsWith("node.") && name !== `node.${nodeName}`)) return [];
    const message = name.startsWith("node.")
      ? `settings for one node are not honoured yet; node ${quote(nodeName)} follows "default" alone`
      : 'only the names "default" and "node.<name>" have a meaning; this object has no effect';
    return [{ object: objectName(configuration), field: "metadata.name", severity: "warning", message }];
  });
}
