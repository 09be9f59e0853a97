// All BGPPeer objects together: the sessions that this node brings up.
import type { Asn } from "../model/asn.ts";
import type { ConfigObject } from "../model/config-object.ts";
import type { Node } from "../model/node.ts";
import { plainSession } from "../model/peer.ts";
import type { Peer } from "../model/peer.ts";
import { compareText, quote } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import { readBgpPeer } from "./bgp-peer.ts";
import type { Finding, Nodes, PeerDraft } from "./bgp-peer.ts";
import type { LastGood } from "./node-config.ts";
import { selects, selectorText } from "./selector/selector.ts";
import { objectName } from "./spec.ts";
import { endpointText } from "./values.ts";
import type { Endpoint } from "./values.ts";

export interface PeersInput {
  readonly objects: ReadonlyMap<string, ConfigObject>;
  readonly node: Node | undefined;
  readonly nodeName: string;
  readonly localAsn: Asn;
  readonly lastGood: LastGood["peers"];
}

export interface ResolvedPeers {
  /** By name; also what later invalid edits fall back on. */
  readonly peers: readonly Peer[];
  readonly problems: readonly Problem[];
}

export function resolvePeers(input: PeersInput): ResolvedPeers {
  const peers: Peer[] = [];
  const problems: Problem[] = [];
  /** Who has an endpoint: the first object by name, whether or not its session comes up. */
  const owners = new Map<string, string>();
  const objects = [...input.objects.values()].sort((a, b) => compareText(a.name, b.name));
  for (const object of objects) {
    const name = objectName(object);
    const draft = readBgpPeer(object.spec, input.localAsn);
    const verdict = judge(object.name, draft, input);
    if (verdict.t === "self") continue;
    problems.push(...draft.findings.flatMap((finding) => problemOf(name, finding, verdict)));
    if (verdict.t === "elsewhere" || verdict.endpoint === null) continue;
    const endpoint = endpointText(verdict.endpoint);
    const owner = owners.get(endpoint);
    if (owner === undefined) owners.set(endpoint, name);
    else
      problems.push({
        object: name,
        field: "spec.peerIP",
        severity: "error",
        message: `${owner} comes first by name for ${endpoint}; this one is left out`,
      });
    if (owner === undefined && verdict.t === "up") peers.push(verdict.peer);
  }
  return { peers, problems };
}

type Verdict =
  /** The session runs; `kept`: as it was before an edit that cannot be read. */
  | { readonly t: "up"; readonly peer: Peer; readonly endpoint: Endpoint; readonly kept: boolean }
  /** Ours, but not to be brought up. Its endpoint, if known, is taken nevertheless. */
  | { readonly t: "down"; readonly endpoint: Endpoint | null }
  /** For other nodes: which, in words. */
  | { readonly t: "elsewhere"; readonly nodes: string }
  /** This node as its own neighbour: one object may list all nodes' router. */
  | { readonly t: "self" };

function judge(name: string, draft: PeerDraft, input: PeersInput): Verdict {
  const { endpoint, asn, nodes, findings } = draft;
  const others = otherNodes(nodes, input);
  if (others !== null) return { t: "elsewhere", nodes: others };
  if (endpoint !== null && input.node?.addresses.includes(endpoint.address) === true) return { t: "self" };
  // It may be for other nodes only: it must not push out a peer that is for this node.
  const unsure = nodes.t === "unknown" || (nodes.t === "labelled" && input.node === undefined);
  const down = { t: "down", endpoint: unsure ? null : endpoint } as const;
  if (unsure && nodes.t === "labelled") return down;
  if (findings.some(({ effect }) => effect === "refused")) return down;
  const valid = !findings.some(({ effect }) => effect === "invalid");
  if (valid && endpoint !== null && asn !== null)
    return { t: "up", peer: makePeer(name, endpoint, asn, input.localAsn), endpoint, kept: false };
  const before = input.lastGood.get(name);
  if (before === undefined) return down;
  const peer = makePeer(name, before, before.asn, input.localAsn);
  return { t: "up", peer, endpoint: peer, kept: true };
}

/** The nodes that a peer is for, in words; null: this node is one of them, or that is not known. */
function otherNodes(nodes: Nodes, { node, nodeName }: PeersInput): string | null {
  switch (nodes.t) {
    case "every":
    case "unknown":
      return null;
    case "named":
      return nodes.name === nodeName ? null : `node ${quote(nodes.name)}`;
    case "labelled":
      return node === undefined || selects(nodes.selector, node.labels)
        ? null
        : `nodes with ${quote(selectorText(nodes.selector))}`;
  }
}

function makePeer(name: string, { address, port }: Endpoint, asn: Asn, localAsn: Asn): Peer {
  return { name, address, port, asn, localAsn, ...plainSession };
}

function problemOf(object: string, { effect, field, says }: Finding, verdict: Verdict): readonly Problem[] {
  switch (effect) {
    case "typo":
      return [{ object, field, severity: "warning", message: says }];
    case "ignored":
      return verdict.t === "up" ? [{ object, field, severity: "warning", message: says }] : [];
    case "refused":
      if (verdict.t === "elsewhere") return [];
      return [{ object, field, severity: "error", message: `${says}; the session is not brought up` }];
    case "invalid":
      return [{ object, field, severity: "error", message: `${says}; ${meanwhile(verdict)}` }];
  }
}

function meanwhile(verdict: Verdict): string {
  if (verdict.t === "elsewhere") return `the peer is meant for ${verdict.nodes}`;
  if (verdict.t === "up") return "the session stays as it last was valid";
  return "the session is not brought up";
}
