// BGPConfiguration, field by field: the object `default` for all nodes, and the one that overrides it for one node.
import { parseAsn } from "../model/asn.ts";
import { quote } from "../model/problem.ts";
import { NodeReading, Reading } from "./configuration-reading.ts";
import type { ForAll, ForNode } from "./configuration-reading.ts";
import type { GoodForAll, GoodForNode, LogLevel } from "./node-config.ts";
import { isEmpty, isRecord, readFields } from "./spec.ts";
import type { Handler } from "./spec.ts";
import { describeBadAsn, isPort } from "./values.ts";

/** Every field of spec that Calico knows (3.32), as it is written. */
export interface BgpConfigurationSpec {
  readonly asNumber: number | string;
  readonly bindMode: "None" | "NodeIP";
  readonly communities: readonly { readonly name: string; readonly value: string }[];
  readonly ignoredInterfaces: readonly string[];
  readonly ipv4NormalRoutePriority: number;
  readonly ipv6NormalRoutePriority: number;
  readonly listenPort: number;
  readonly localWorkloadPeeringIPV4: string;
  readonly localWorkloadPeeringIPV6: string;
  readonly logSeverityScreen: string;
  readonly nodeMeshMaxRestartTime: string;
  readonly nodeMeshPassword: object;
  readonly nodeToNodeMeshEnabled: boolean;
  readonly prefixAdvertisements: readonly {
    readonly cidr: string;
    readonly communities: readonly string[];
  }[];
  readonly programClusterRoutes: "Enabled" | "Disabled";
  readonly serviceClusterIPs: readonly { readonly cidr?: string }[];
  readonly serviceExternalIPs: readonly { readonly cidr?: string }[];
  readonly serviceLoadBalancerAggregation: "Enabled" | "Disabled";
  readonly serviceLoadBalancerIPs: readonly { readonly cidr?: string }[];
}

/** @param spec of the object `default`; undefined: there is no such object */
export function readBgpConfiguration(spec: unknown, object: string, lastGood: GoodForAll): ForAll {
  const reading = new Reading(object, lastGood);
  readSpec<Reading>(spec, bgpConfigurationFields, reading);
  return reading.forAll();
}

/** @param spec of the object `node.<name>`; `forAll`: what holds where it says nothing */
export function readNodeConfiguration(
  spec: unknown,
  object: string,
  lastGood: GoodForNode,
  forAll: NodeReading["otherwise"],
): ForNode {
  const reading = new NodeReading(object, lastGood, forAll);
  readSpec<NodeReading>(spec, nodeConfigurationFields, reading);
  if (isRecord(spec) && !isEmpty(spec["communities"]) && !reading.advertises)
    reading.tell(
      "spec.communities",
      "warning",
      "the names serve this object's prefixAdvertisements alone, and it has none",
    );
  return reading.forNode();
}

function readSpec<R extends NodeReading>(
  spec: unknown,
  handlers: Readonly<Record<string, Handler<R>>>,
  reading: R,
): void {
  if (isRecord(spec)) {
    readFields<R>(spec, "spec", handlers, reading, (field, message) =>
      reading.tell(field, "warning", message),
    );
  } else if (spec !== undefined && spec !== null) {
    reading.tell("spec", "error", `${quote(spec)} is no set of fields; the last valid configuration holds`);
    reading.keepAll();
  }
}

/** What becomes of BGP while a number that it needs cannot be read. */
function holds(lastGood: number | null): string {
  return lastGood === null ? "BGP is left as it is until this is mended" : `${String(lastGood)} holds`;
}

const notInvolved = "Bellman sends service routes only and programs none";

/** Fields that one node may have otherwise than all. */
const nodeFields = {
  listenPort(value, field, reading) {
    if (isPort(value)) reading.listenPort = value;
    else {
      reading.listenPort = reading.lastGood.listenPort;
      reading.unknown ||= reading.listenPort === null;
      reading.tell(
        field,
        "error",
        `${quote(value)} is not a port from 1 to 65535; ${holds(reading.listenPort)}`,
      );
    }
  },
  logSeverityScreen(value, field, reading) {
    if (value === "") return;
    reading.logLevel = typeof value === "string" ? (severities.get(value.toLowerCase()) ?? null) : null;
    if (reading.logLevel !== null) return;
    const names = "Debug, Info, Warning, Error or Fatal";
    const holds = reading.otherwise.logLevel ?? "the agent's own setting";
    reading.tell(field, "error", `${quote(value)} is not ${names}; ${holds} holds`);
  },
  communities: (value, field, reading) => reading.readNames(value, field),
  prefixAdvertisements: (value, field, reading) => reading.readAdvertisements(value, field),
} satisfies Partial<Record<keyof BgpConfigurationSpec, Handler<NodeReading>>>;

/** One handler for each field, so that none is dropped without a word. */
export const bgpConfigurationFields = {
  ...nodeFields,
  asNumber(value, field, reading) {
    reading.asn = parseAsn(value);
    if (reading.asn !== null) return;
    reading.asn = reading.lastGood.asn;
    reading.unknown ||= reading.asn === null;
    reading.tell(field, "error", `${describeBadAsn(value)}; ${holds(reading.asn)}`);
  },
  nodeToNodeMeshEnabled(value, field, reading) {
    if (value === false) return;
    const says = value === true ? "Bellman builds no node-to-node mesh" : `${quote(value)} is not a boolean`;
    reading.tell(field, "warning", `${says}; only the peers of BGPPeer objects are spoken to`);
  },
  serviceClusterIPs: (value, field, reading) => reading.readList("clusterIPs", value, field),
  serviceExternalIPs: (value, field, reading) => reading.readList("externalIPs", value, field),
  serviceLoadBalancerIPs: (value, field, reading) => reading.readList("loadBalancerIPs", value, field),
  serviceLoadBalancerAggregation(value, field, reading) {
    if (value === "") return;
    if (value === "Enabled" || value === "Disabled") reading.aggregateLoadBalancerIPs = value === "Enabled";
    else {
      reading.aggregateLoadBalancerIPs = reading.lastGood.aggregateLoadBalancerIPs;
      const holds = reading.aggregateLoadBalancerIPs === false ? "Disabled" : "Enabled";
      reading.tell(field, "error", `${quote(value)} is not Enabled or Disabled; ${holds} holds`);
    }
  },
  bindMode: notYet("sessions are accepted on every address of the node", "None"),
  ignoredInterfaces: noEffect(notInvolved),
  ipv4NormalRoutePriority: noEffect(notInvolved),
  ipv6NormalRoutePriority: noEffect(notInvolved),
  programClusterRoutes: noEffect(notInvolved),
  localWorkloadPeeringIPV4: noEffect("Bellman does not peer with workloads"),
  localWorkloadPeeringIPV6: noEffect("Bellman does not peer with workloads"),
  nodeMeshMaxRestartTime: noEffect("Bellman builds no node-to-node mesh"),
  nodeMeshPassword: noEffect("Bellman builds no node-to-node mesh"),
} satisfies Record<keyof BgpConfigurationSpec, Handler<Reading>>;

const nodeConfigurationFields: Readonly<Record<string, Handler<NodeReading>>> = {
  ...Object.fromEntries(
    Object.keys(bgpConfigurationFields).map((name) => [
      name,
      noEffect('it is the same for all nodes: set it in the object "default"'),
    ]),
  ),
  ...nodeFields,
};

/** Calico takes them in any case, and `Trace` beside those it documents: the finest level there is. */
const severities: ReadonlyMap<string, LogLevel> = new Map([
  ["trace", "debug"],
  ["debug", "debug"],
  ["info", "info"],
  ["warning", "warn"],
  ["error", "error"],
  ["fatal", "fatal"],
]);

/** @param same the value that asks for what is done anyway. */
function notYet(meanwhile: string, same?: string): Handler<Reading> {
  return (value, field, reading) => {
    if (!isEmpty(value) && value !== same)
      reading.tell(field, "warning", `this field is not honoured yet; ${meanwhile}`);
  };
}

function noEffect(why: string): Handler<NodeReading> {
  return (value, field, reading) => {
    if (!isEmpty(value)) reading.tell(field, "warning", `this field has no effect; ${why}`);
  };
}
