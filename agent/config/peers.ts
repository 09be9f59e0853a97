// All BGPPeer objects together: the sessions that this node brings up.
import type { Asn } from "../model/asn.ts";
import type { ConfigObject } from "../model/config-object.ts";
import type { Node } from "../model/node.ts";
import { compareText, quote } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import { readBgpPeer } from "./bgp-peer.ts";
import { makePeer } from "./make-peer.ts";
import type { SessionOptions } from "./make-peer.ts";
import type { ConfiguredPeer, GoodPeer, LastGood } from "./node-config.ts";
import { findPassword } from "./password.ts";
import type { Secrets } from "./password.ts";
import type { Finding, Nodes, PeerDraft } from "./peer-reading.ts";
import type { Selector } from "./selector/selector.ts";
import { selects, selectorText } from "./selector/selector.ts";
import { objectName } from "./spec.ts";
import { endpointText } from "./values.ts";
import type { Endpoint } from "./values.ts";

export interface PeersInput {
  readonly objects: ReadonlyMap<string, ConfigObject>;
  /** Labels of the objects that are ours. */
  readonly selector: Selector;
  readonly node: Node | undefined;
  readonly nodeName: string;
  readonly localAsn: Asn;
  readonly secrets: Secrets;
  readonly session: SessionOptions;
  readonly lastGood: LastGood["peers"];
}

export interface ResolvedPeers {
  /** By name. */
  readonly peers: readonly ConfiguredPeer[];
  /** What later invalid edits fall back on. */
  readonly good: LastGood["peers"];
  readonly secretNames: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

export function resolvePeers(input: PeersInput): ResolvedPeers {
  const good = new Map<string, GoodPeer>();
  const secretNames = new Set<string>();
  const problems: Problem[] = [];
  /** Who has an endpoint: the first object by name, whether or not its session comes up. */
  const owners = new Map<string, string>();
  const objects = [...input.objects.values()]
    .filter(({ labels }) => selects(input.selector, labels))
    .sort((a, b) => compareText(a.name, b.name));
  for (const object of objects) {
    const name = objectName(object);
    const draft = readBgpPeer(object.spec, input.localAsn);
    const { verdict, findings } = judge(object.name, draft, input);
    if (verdict.t === "self") continue;
    problems.push(...findings.flatMap((finding) => problemOf(name, finding, verdict)));
    if (verdict.t === "elsewhere") continue;
    if (draft.passwordRef !== null) secretNames.add(draft.passwordRef.name);
    if (verdict.endpoint === null) continue;
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
    if (owner === undefined && verdict.t === "up") good.set(object.name, verdict.good);
  }
  return { peers: [...good.values()].map(({ peer }) => peer), good, secretNames, problems };
}

type Verdict =
  /** The session runs; it may be as it was before an edit that cannot be followed. */
  | { readonly t: "up"; readonly good: GoodPeer; readonly endpoint: Endpoint }
  /** Ours, but not to be brought up. Its endpoint, if known, is taken nevertheless. */
  | { readonly t: "down"; readonly endpoint: Endpoint | null }
  /** For other nodes: which, in words. */
  | { readonly t: "elsewhere"; readonly nodes: string }
  /** This node as its own neighbour: one object may list all nodes' router. */
  | { readonly t: "self" };

interface Judgement {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

function judge(name: string, draft: PeerDraft, input: PeersInput): Judgement {
  const { endpoint, asn, nodes, findings } = draft;
  const others = otherNodes(nodes, input);
  if (others !== null) return { verdict: { t: "elsewhere", nodes: others }, findings };
  if (endpoint !== null && input.node?.addresses.includes(endpoint.address) === true)
    return { verdict: { t: "self" }, findings };
  // It may be for other nodes only: it must not push out a peer that is for this node.
  const unsure = nodes.t === "unknown" || (nodes.t === "labelled" && input.node === undefined);
  const down = { t: "down", endpoint: unsure ? null : endpoint } as const;
  if (unsure && nodes.t === "labelled") return { verdict: down, findings };
  if (findings.some(({ effect }) => effect === "refused")) return { verdict: down, findings };
  const last = input.lastGood.get(name);
  const before = keep(last, draft, input);
  if (findings.some(({ effect }) => effect === "invalid") || endpoint === null || asn === null)
    return { verdict: before ?? down, findings };
  const found = findPassword(draft.passwordRef, input.secrets);
  switch (found.t) {
    case "ready": {
      const { password } = found;
      const standing = last ?? underAnotherName(name, endpoint, asn, input.lastGood);
      const good = makePeer({ name, endpoint, asn, password }, draft, standing, input);
      return {
        verdict: { t: "up", good, endpoint },
        findings: [...findings, ...unoffered(draft, input.session)],
      };
    }
    case "pending": {
      const waits = { effect: "waits", field: found.field, says: found.says } as const;
      const standing = before ?? keep(underAnotherName(name, endpoint, asn, input.lastGood), draft, input);
      return { verdict: standing ?? down, findings: [...findings, waits] };
    }
    case "unusable": {
      const invalid = { effect: "invalid", field: found.field, says: found.says } as const;
      // A session that ran without a password is not the one that is asked for.
      const verdict = before?.good.peer.password == null ? down : before;
      return { verdict, findings: [...findings, invalid] };
    }
  }
}

function unoffered({ restartSeconds }: PeerDraft, session: SessionOptions): readonly Finding[] {
  if (restartSeconds === null || session.gracefulRestartSeconds !== null) return [];
  const says = "this field has no effect; graceful restart is not offered without --graceful-restart";
  return [{ effect: "ignored", field: "spec.maxRestartTime", says }];
}

/** An object may take the place of another, and the speaker may know the session by the other's name yet. */
function underAnotherName(
  name: string,
  { address, port }: Endpoint,
  asn: Asn,
  lastGood: LastGood["peers"],
): GoodPeer | undefined {
  const found = [...lastGood.values()].find(
    ({ peer }) => peer.address === address && peer.port === port && peer.asn === asn,
  );
  return found && { ...found, peer: { ...found.peer, name } };
}

/** The session with all that it had. Which filters are asked is no part of it: what can be read of that holds. */
function keep(
  before: GoodPeer | undefined,
  draft: PeerDraft,
  input: PeersInput,
): Extract<Verdict, { t: "up" }> | null {
  if (before === undefined) return null;
  const { followsNodeAsn } = before;
  const localAsn = followsNodeAsn ? input.localAsn : before.peer.localAsn;
  const peer = { ...before.peer, localAsn, filters: draft.filters ?? before.peer.filters };
  return { t: "up", good: { peer, followsNodeAsn }, endpoint: peer };
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

function problemOf(object: string, { effect, field, says }: Finding, verdict: Verdict): readonly Problem[] {
  switch (effect) {
    case "typo":
      return [{ object, field, severity: "warning", message: says }];
    case "ignored":
      return verdict.t === "up" ? [{ object, field, severity: "warning", message: says }] : [];
    case "refused":
      if (verdict.t === "elsewhere") return [];
      return [{ object, field, severity: "error", message: `${says}; the session is not brought up` }];
    case "waits":
      if (verdict.t === "up") return [];
      return [{ object, field, severity: "warning", message: `${says}; the session waits for it` }];
    case "invalid":
      return [{ object, field, severity: "error", message: `${says}; ${meanwhile(verdict)}` }];
  }
}

function meanwhile(verdict: Verdict): string {
  if (verdict.t === "elsewhere") return `the peer is meant for ${verdict.nodes}`;
  if (verdict.t === "up") return "the session stays as it last was valid";
  return "the session is not brought up";
}
