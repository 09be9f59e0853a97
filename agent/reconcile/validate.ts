// Every problem in the objects of a picture, for whichever node: what `bellman validate` tells.
import { readSelector } from "../config/selector/parse.ts";
import { selects } from "../config/selector/selector.ts";
import { isRecord, objectName } from "../config/spec.ts";
import { didYouMean } from "../model/suggest.ts";
import type { Engine } from "../engine/contract.ts";
import { compareProblems, quote } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import type { Cluster } from "../watch/cluster.ts";
import type { DesiredOptions } from "./desired.ts";
import { decideOnce } from "./offline.ts";
import { makeWish } from "./wish.ts";

export interface ValidateInput {
  readonly cluster: Cluster;
  /** The node name counts only where the objects name no node. */
  readonly options: DesiredOptions;
  /** Whose refusals are told as well; null: nobody's. */
  readonly engine: Engine | null;
}

/** Sorted, each once. */
export function validate({ cluster, options, engine }: ValidateInput): readonly Problem[] {
  const found = new Map<string, Problem>();
  const add = (problem: Problem) => found.set(JSON.stringify(problem), problem);
  const mentions = nodesMentioned(cluster);
  const choices = nodesChosen(cluster);
  const names = new Set([...cluster.nodes.keys(), ...mentions.map(({ node }) => node)]);
  if (names.size === 0) names.add(options.nodeName);
  for (const nodeName of names) {
    const elsewhere = new Set([
      ...mentions
        .filter(({ kind, node }) => kind === "BGPPeer" && node !== nodeName)
        .map(({ object }) => object),
      ...choices.filter(({ nodes }) => nodes.size > 0 && !nodes.has(nodeName)).map(({ object }) => object),
    ]);
    const desired = decideOnce(cluster, { ...options, nodeName });
    const problems = desired.problems(engine === null ? [] : makeWish(desired, engine).problems);
    for (const problem of problems) {
      const ofAbsentNode = problem.object === `Node/${nodeName}` && !cluster.nodes.has(nodeName);
      // What holds for a peer meanwhile is told for the node that it is meant for.
      if (!ofAbsentNode && !elsewhere.has(problem.object)) add(problem);
    }
  }
  for (const problem of strangers(cluster, mentions, choices)) add(problem);
  return [...found.values()].sort(compareProblems);
}

/** An object that is meant for one node. */
interface Mention {
  readonly kind: "BGPPeer" | "BGPConfiguration";
  readonly object: string;
  readonly field: string;
  readonly node: string;
}

function nodesMentioned({ peers, configurations }: Cluster): readonly Mention[] {
  const byPeers = [...peers.values()].flatMap((peer): readonly Mention[] => {
    const node = isRecord(peer.spec) ? peer.spec["node"] : undefined;
    if (typeof node !== "string" || node === "") return [];
    return [{ kind: "BGPPeer", object: objectName(peer), field: "spec.node", node }];
  });
  const byConfigurations = [...configurations.values()].flatMap((configuration): readonly Mention[] => {
    const [, node] = /^node\.(.+)$/s.exec(configuration.name) ?? [];
    if (node === undefined) return [];
    return [{ kind: "BGPConfiguration", object: objectName(configuration), field: "metadata.name", node }];
  });
  return [...byPeers, ...byConfigurations];
}

/** A peer that chooses its nodes by their labels, and the nodes that it chooses. */
interface Choice {
  readonly object: string;
  readonly selector: unknown;
  readonly nodes: ReadonlySet<string>;
}

function nodesChosen({ peers, nodes }: Cluster): readonly Choice[] {
  return [...peers.values()].flatMap((peer): readonly Choice[] => {
    const selector = isRecord(peer.spec) ? peer.spec["nodeSelector"] : undefined;
    const read = readSelector(selector);
    if (read.t === "invalid" || selector === "") return [];
    const chosen = [...nodes.values()].filter(({ labels }) => selects(read.selector, labels));
    return [{ object: objectName(peer), selector, nodes: new Set(chosen.map(({ name }) => name)) }];
  });
}

/** Nodes that are mentioned and not there, and labels that no node has, where there are nodes to compare with. */
function strangers(
  { nodes }: Cluster,
  mentions: readonly Mention[],
  choices: readonly Choice[],
): readonly Problem[] {
  if (nodes.size === 0) return [];
  return [
    ...mentions
      .filter(({ node }) => !nodes.has(node))
      .map(({ object, field, node }): Problem => {
        const message = `there is no node ${quote(node)}: it has no effect${didYouMean(node, nodes.keys(), quote)}`;
        return { object, field, severity: "warning", message };
      }),
    ...choices
      .filter((choice) => choice.nodes.size === 0)
      .map(({ object, selector }): Problem => {
        const message = `no node has such labels as ${quote(selector)} asks for: it has no effect`;
        return { object, field: "spec.nodeSelector", severity: "warning", message };
      }),
  ];
}
