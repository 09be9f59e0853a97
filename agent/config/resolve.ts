// The configuration objects and the node, resolved into what holds for this node.
import type { ConfigObject } from "../model/config-object.ts";
import type { Node } from "../model/node.ts";
import { quote } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import { readBgpConfiguration, readNodeConfiguration } from "./bgp-configuration.ts";
import { resolveFilters } from "./bgp-filter.ts";
import { readClusterIPsFromEnv } from "./cluster-ips-from-env.ts";
import { plainOptions } from "./make-peer.ts";
import type { SessionOptions } from "./make-peer.ts";
import type { LastGood, NodeConfig } from "./node-config.ts";
import { unreadSecrets } from "./password.ts";
import type { Secrets } from "./password.ts";
import { peerFilterProblems } from "./peer-filters.ts";
import { resolvePeers } from "./peers.ts";
import type { Selector } from "./selector/selector.ts";
import { objectName } from "./spec.ts";
import { didYouMean } from "../model/suggest.ts";

export interface ResolveInput {
  /** BGPConfiguration objects by name. */
  readonly configurations: ReadonlyMap<string, ConfigObject>;
  /** BGPPeer objects by name. */
  readonly peers: ReadonlyMap<string, ConfigObject>;
  /** BGPFilter objects by name; left out: none. */
  readonly filters?: ReadonlyMap<string, ConfigObject>;
  /** This node as the API shows it; undefined: not seen. */
  readonly node: Node | undefined;
  readonly nodeName: string;
  /** Entries of CALICO_ADVERTISE_CLUSTER_IPS, which replace serviceClusterIPs; null or left out: not set. */
  readonly clusterIPsFromEnv?: readonly string[] | null;
  /** Labels of the BGPPeer objects that are ours; left out: all are. */
  readonly peerSelector?: Selector | null;
  /** Left out: nobody looks at them. */
  readonly secrets?: Secrets;
  /** Left out: nothing special. */
  readonly session?: SessionOptions;
  /** What the resolution before handed back; `nothingGood` at the start. */
  readonly lastGood: LastGood;
}

export interface Resolved {
  readonly config: NodeConfig;
  /** For the next resolution. */
  readonly lastGood: LastGood;
}

export function resolveConfig({
  configurations,
  nodeName,
  node,
  lastGood,
  ...input
}: ResolveInput): Resolved {
  const { good: goodForAll, ...forAll } = readBgpConfiguration(
    configurations.get("default")?.spec,
    "BGPConfiguration/default",
    lastGood.forAll,
  );
  const own = `node.${nodeName}`;
  const forNode = readNodeConfiguration(
    configurations.get(own)?.spec,
    objectName({ kind: "BGPConfiguration", name: own }),
    lastGood.forNode,
    forAll,
  );
  const fromEnv =
    input.clusterIPsFromEnv == null
      ? null
      : readClusterIPsFromEnv(input.clusterIPsFromEnv, forAll.allow.clusterIPs !== null);
  const { filters, problems: filterProblems } = resolveFilters(input.filters ?? new Map(), lastGood.filters);
  const { peers, good, secretNames, problems } = resolvePeers({
    objects: input.peers,
    selector: input.peerSelector ?? { t: "all" },
    secrets: input.secrets ?? unreadSecrets,
    session: input.session ?? plainOptions,
    node,
    nodeName,
    localAsn: forAll.asn,
    lastGood: lastGood.peers,
  });
  return {
    config: {
      ...forAll,
      allow: { ...forAll.allow, clusterIPs: fromEnv?.entries ?? forAll.allow.clusterIPs },
      listenPort: forNode.listenPort ?? forAll.listenPort,
      instanceKnown: forAll.instanceKnown && forNode.instanceKnown,
      logLevel: forNode.logLevel ?? forAll.logLevel,
      advertisements: forNode.advertisements ?? forAll.advertisements,
      peers,
      filters,
      secretNames,
      problems: [
        ...forAll.problems,
        ...forNode.problems,
        ...otherNames(configurations, own),
        ...(fromEnv?.problems ?? []),
        ...problems,
        ...filterProblems,
        ...peerFilterProblems(peers, filters),
      ],
    },
    lastGood: {
      forAll: goodForAll,
      forNode: forNode.good,
      peers: good,
      filters,
    },
  };
}

/** BGPConfiguration objects that have no effect on any node, though somebody may expect it. */
function otherNames(configurations: ReadonlyMap<string, ConfigObject>, own: string): readonly Problem[] {
  return [...configurations.values()].flatMap((configuration): readonly Problem[] => {
    const { name } = configuration;
    if (name === "default" || /^node\../.test(name)) return [];
    const says = 'only the names "default" and "node.<name>" have a meaning; this object has no effect';
    const message = `${says}${didYouMean(name, ["default", own], quote)}`;
    return [{ object: objectName(configuration), field: "metadata.name", severity: "warning", message }];
  });
}
