// One BGPPeer object, field by field: whom to speak to, and what keeps the session from coming up.
import { parseAsn } from "../model/asn.ts";
import type { Asn } from "../model/asn.ts";
import { quote } from "../model/problem.ts";
import { nearest } from "../model/suggest.ts";
import { readPassword } from "./password-ref.ts";
import { Reading } from "./peer-reading.ts";
import type { PeerDraft } from "./peer-reading.ts";
import { readSelector } from "./selector/parse.ts";
import { sessionFields } from "./session-values.ts";
import { isEmpty, isRecord, readFields } from "./spec.ts";
import type { Handler } from "./spec.ts";
import { describeBadAsn, isLinkLocalIPv6, isUnicast, parseEndpoint } from "./values.ts";

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

/** @param localAsn AS number of this node, to name in advice. */
export function readBgpPeer(spec: unknown, localAsn: Asn): PeerDraft {
  const reading = new Reading();
  if (isRecord(spec)) {
    readFields<Reading>(spec, "spec", bgpPeerFields, reading, (field, message, says, name) => {
      if (isLikeGuard(name)) reading.misread(field, says);
      else reading.tell("typo", field, message);
    });
    // An object that says nothing at all says nothing of filters either.
    const silent = reading.filters?.length === 0 && reading.written.size === 0;
    if (silent || reading.misreads) reading.filters = null;
  } else if (isEmpty(spec)) reading.filters = null;
  else {
    reading.filters = null;
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

/** Fields that keep something from the neighbour, or others from being one: without them more would pass than is meant to. */
const guards = [
  "filters",
  "password",
  "ttlSecurity",
  "node",
  "nodeSelector",
  "peerSelector",
  "localWorkloadSelector",
] as const satisfies readonly (keyof BgpPeerSpec)[];

/** Is it one of them, mistyped, or something of their kind? */
function isLikeGuard(name: string): boolean {
  return nearest(name, guards) !== null || /filter|password|policy|selector/i.test(name);
}

const ofOneLink = "no session runs over addresses that mean something on one link only";

/** One handler for each field, so that none is dropped without a word. */
export const bgpPeerFields = {
  node(value, field, reading) {
    if (value === "") return;
    if (typeof value === "string") reading.choose({ t: "named", name: value });
    else {
      reading.nodes = { t: "unknown" };
      reading.tell("invalid", field, `${quote(value)} is not the name of a node`);
    }
  },
  peerIP(value, field, reading) {
    if (value === "") return;
    reading.written.add("peerIP");
    const endpoint = typeof value === "string" ? parseEndpoint(value) : null;
    if (endpoint === null && typeof value === "string" && value.includes("%"))
      reading.tell("invalid", field, `${quote(value)} has a zone, and ${ofOneLink}`);
    else if (endpoint === null)
      reading.tell("invalid", field, `${quote(value)} is not of the form ip, ipv4:port or [ipv6]:port`);
    else if (!isUnicast(endpoint.address))
      reading.tell("invalid", field, `${quote(value)} is not the address of one neighbour`);
    else if (isLinkLocalIPv6(endpoint.address))
      reading.tell("invalid", field, `${quote(value)} is link-local, and ${ofOneLink}`);
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
    if (read.t === "selector") reading.choose({ t: "labelled", selector: read.selector });
    else {
      reading.nodes = { t: "unknown" };
      reading.tell("invalid", field, read.says);
    }
  },
  peerSelector: selected("Bellman does not peer with other nodes"),
  localWorkloadSelector: selected("Bellman does not peer with workloads"),
  password: readPassword,
  filters(value, field, reading) {
    if (isEmpty(value)) return;
    const isName = (name: unknown): name is string => typeof name === "string" && name !== "";
    if (Array.isArray(value) && value.every(isName)) reading.filters = value;
    else {
      reading.filters = null;
      reading.tell("invalid", field, `${quote(value)} is not a list of names of BGPFilter objects`);
    }
  },
  ...sessionFields,
  localASNumber(value, field, reading) {
    if (value === "") return;
    reading.localAsn = parseAsn(value);
    if (reading.localAsn === null) reading.tell("invalid", field, describeBadAsn(value));
  },
  sourceAddress(value, field, reading) {
    if (value === "UseNodeIP" || value === "None") reading.source = value;
    else if (value !== "") reading.tell("invalid", field, `${quote(value)} is none of UseNodeIP, None`);
  },
  // All that this node sends it originates, so the next hop is the node in every mode, kept or not.
  keepOriginalNextHop: oneOf(true, false),
  nextHopMode: oneOf("Auto", "Self", "Keep"),
  reachableBy: ignored("no static route towards the peer is made"),
  reversePeering: ignored("it concerns peerings between nodes only", "Auto"),
} satisfies Record<keyof BgpPeerSpec, Handler<Reading>>;

/** @param same values that ask for what is done anyway. */
function ignored(why: string, ...same: readonly unknown[]): Handler<Reading> {
  return (value, field, reading) => {
    if (!isEmpty(value) && !same.includes(value))
      reading.tell("ignored", field, `this field has no effect; ${why}`);
  };
}

/** Values that all ask for what is done anyway. */
function oneOf(...values: readonly unknown[]): Handler<Reading> {
  return (value, field, reading) => {
    if (!isEmpty(value) && !values.includes(value))
      reading.tell("invalid", field, `${quote(value)} is none of ${values.join(", ")}`);
  };
}

function selected(says: string): Handler<Reading> {
  return (value, field, reading) => {
    if (isEmpty(value)) return;
    reading.withSelected = true;
    reading.tell("refused", field, says);
  };
}
