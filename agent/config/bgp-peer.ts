// One BGPPeer object, field by field: whom to speak to, and what keeps the session from coming up.
import { parseAsn } from "../model/asn.ts";
import type { Asn } from "../model/asn.ts";
import { quote } from "../model/problem.ts";
import { readSelector } from "./selector/parse.ts";
import type { Selector } from "./selector/selector.ts";
import { isEmpty, isRecord, readFields } from "./spec.ts";
import type { Handler } from "./spec.ts";
import { describeBadAsn, isUnicast, parseEndpoint } from "./values.ts";
import type { Endpoint } from "./values.ts";

/** Every field of spec that Calico knows (3.32), as it is written. */
export interface BgpPeerSpec {
  readonly asNumber: number | string;
  readonly filters: readonly string[];
  readonly keepOriginalNextHop: boolean;
  readonly keepaliveTime: string;
  readonly localASNumber: number | string;
  readonly localWorkloadSelector: string;
  readonly maxRestartTime: string;
  readonly nextHopMode: "Auto" | "Self" | "Keep";
  readonly node: string;
  readonly nodeSelector: string;
  readonly numAllowedLocalASNumbers: number;
  readonly password: object;
  readonly peerIP: string;
  readonly peerSelector: string;
  readonly reachableBy: string;
  readonly reversePeering: "Auto" | "Manual";
  readonly sourceAddress: "UseNodeIP" | "None";
  readonly ttlSecurity: number;
}

/**
 * What is to be said of a field. `typo`, `ignored`: the session is as it would be without the field. `refused`: the
 * session must not run, because without the field it would be another one. `invalid`: cannot be read, so an edit
 * that changes nothing yet.
 */
export interface Finding {
  readonly effect: "typo" | "ignored" | "refused" | "invalid";
  readonly field: string;
  /** For `refused` and `invalid` without what holds meanwhile: that depends on what was valid before. */
  readonly says: string;
}

/** Which nodes speak to the peer. `unknown`: what is written cannot be read, or contradicts itself. */
export type Nodes =
  | { readonly t: "every" | "unknown" }
  | { readonly t: "named"; readonly name: string }
  | { readonly t: "labelled"; readonly selector: Selector };

/** What the object says; whether it is for this node, and what was valid before, is for the caller to add. */
export interface PeerDraft {
  readonly nodes: Nodes;
  /** null: missing or not readable. */
  readonly endpoint: Endpoint | null;
  readonly asn: Asn | null;
  readonly findings: readonly Finding[];
}

/** @param localAsn AS number of this node, to name in advice. */
export function readBgpPeer(spec: unknown, localAsn: Asn): PeerDraft {
  const reading = new Reading();
  if (isRecord(spec)) {
    readFields<Reading>(spec, "spec", bgpPeerFields, reading, (field, says) =>
      reading.tell("typo", field, says),
    );
  } else if (!isEmpty(spec)) {
    reading.tell("invalid", "spec", `${quote(spec)} is no set of fields`);
    return reading;
  }
  if (!reading.withSelected) {
    if (!reading.written.has("peerIP"))
      reading.tell("invalid", "spec.peerIP", "the neighbour's address is missing");
    if (!reading.written.has("asNumber"))
      reading.tell(
        "invalid",
        "spec.asNumber",
        `the neighbour's AS number is missing (for iBGP write this node's own, ${String(localAsn)})`,
      );
  }
  return reading;
}

class Reading implements PeerDraft {
  nodes: Nodes = { t: "every" };
  /** The neighbours are nodes or workloads, chosen by label. */
  withSelected = false;
  endpoint: Endpoint | null = null;
  asn: Asn | null = null;
  readonly written = new Set<"peerIP" | "asNumber">();
  readonly findings: Finding[] = [];

  tell(effect: Finding["effect"], field: string, says: string): void {
    this.findings.push({ effect, field, says });
  }
}

/** One handler for each field, so that none is dropped without a word. */
export const bgpPeerFields = {
  node(value, field, reading) {
    if (value === "") return;
    if (typeof value === "string") choose(reading, { t: "named", name: value });
    else {
      reading.nodes = { t: "unknown" };
      reading.tell("invalid", field, `${quote(value)} is not the name of a node`);
    }
  },
  peerIP(value, field, reading) {
    if (value === "") return;
    reading.written.add("peerIP");
    const endpoint = typeof value === "string" ? parseEndpoint(value) : null;
    if (endpoint === null)
      reading.tell("invalid", field, `${quote(value)} is not of the form ip, ipv4:port or [ipv6]:port`);
    else if (!isUnicast(endpoint.address))
      reading.tell("invalid", field, `${quote(value)} is not the address of one neighbour`);
    else reading.endpoint = endpoint;
  },
  asNumber(value, field, reading) {
    if (value === "") return;
    reading.written.add("asNumber");
    reading.asn = parseAsn(value);
    if (reading.asn === null) reading.tell("invalid", field, describeBadAsn(value));
  },
  nodeSelector(value, field, reading) {
    if (isEmpty(value)) return;
    const read = readSelector(value);
    if (read.t === "selector") choose(reading, { t: "labelled", selector: read.selector });
    else {
      reading.nodes = { t: "unknown" };
      reading.tell("invalid", field, read.says);
    }
  },
  peerSelector: selected("Bellman does not peer with other nodes"),
  localWorkloadSelector: selected("Bellman does not peer with workloads"),
  password: refused("a session with a password is not available yet"),
  filters: refused("filters are not available yet"),
  ttlSecurity: refused("TTL security is not available yet"),
  localASNumber: refused("another local AS number for one peer is not available yet"),
  keepaliveTime: notYet("keepalives go out every 3 s, with a hold time of 9 s"),
  maxRestartTime: notYet("graceful restart is not offered"),
  sourceAddress: notYet("the node's routes choose the source address", "UseNodeIP"),
  keepOriginalNextHop: notYet("routes are sent with this node as next hop", false),
  nextHopMode: notYet("routes are sent with this node as next hop", "Auto", "Self"),
  numAllowedLocalASNumbers: notYet("nothing that a peer sends is used", 0),
  reachableBy: notYet("no static route towards the peer is made"),
  reversePeering: notYet("it concerns peerings between nodes only", "Auto"),
} satisfies Record<keyof BgpPeerSpec, Handler<Reading>>;

/** Takes the one choice of nodes that an object may make; in which order the fields are written means nothing. */
function choose(reading: Reading, nodes: Nodes): void {
  if (reading.nodes.t === "every") reading.nodes = nodes;
  else if (reading.nodes.t !== "unknown") {
    reading.nodes = { t: "unknown" };
    reading.tell("invalid", "spec.nodeSelector", "node and nodeSelector are both set, and only one may be");
  }
}

/** @param same values that ask for what is done anyway. */
function notYet(meanwhile: string, ...same: readonly unknown[]): Handler<Reading> {
  return (value, field, reading) => {
    if (!isEmpty(value) && !same.includes(value))
      reading.tell("ignored", field, `this field is not honoured yet; ${meanwhile}`);
  };
}

function refused(says: string): Handler<Reading> {
  return (value, field, reading) => {
    if (!isEmpty(value)) reading.tell("refused", field, says);
  };
}

function selected(says: string): Handler<Reading> {
  return (value, field, reading) => {
    if (isEmpty(value)) return;
    reading.withSelected = true;
    reading.tell("refused", field, says);
  };
}
