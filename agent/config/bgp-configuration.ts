// BGPConfiguration `default`: what it says, field by field, and what holds where it cannot be followed.
import { defaultAsn, parseAsn } from "../model/asn.ts";
import type { Asn } from "../model/asn.ts";
import { quote } from "../model/problem.ts";
import type { Problem, Severity } from "../model/problem.ts";
import { readAllowList } from "./allow-list.ts";
import type { AddressSource, AllowEntry, LastGood, LogLevel, NodeConfig } from "./node-config.ts";
import { isEmpty, isRecord, readFields } from "./spec.ts";
import type { Handler } from "./spec.ts";
import { bgpPort, describeBadAsn, isPort } from "./values.ts";

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

/** What the object comes to: part of the configuration of every node. */
export interface ClusterConfig extends Pick<NodeConfig, "asn" | "listenPort" | "logLevel" | "allow"> {
  readonly good: Pick<LastGood, "asn" | "listenPort" | "allow">;
  readonly problems: readonly Problem[];
}

/** @param spec undefined: there is no such object. */
export function readBgpConfiguration(spec: unknown, object: string, lastGood: LastGood): ClusterConfig {
  const reading = new Reading(object, lastGood);
  if (isRecord(spec)) {
    readFields<Reading>(spec, "spec", bgpConfigurationFields, reading, (field, message) =>
      reading.tell(field, "warning", message),
    );
  } else if (spec !== undefined && spec !== null) {
    reading.tell("spec", "error", `${quote(spec)} is no set of fields; the last valid configuration holds`);
    reading.keepAll();
  }
  return reading.result();
}

class Reading {
  asn: Asn | null = null;
  listenPort: number | null = null;
  logLevel: LogLevel | null = null;
  readonly lastGood: LastGood;
  readonly #allow: Record<AddressSource, readonly AllowEntry[] | null> = {
    clusterIPs: null,
    externalIPs: null,
    loadBalancerIPs: null,
  };
  /** Lists that a later invalid edit falls back on. */
  readonly #goodAllow: Partial<Record<AddressSource, readonly AllowEntry[]>> = {};
  readonly #problems: Problem[] = [];
  readonly #object: string;

  constructor(object: string, lastGood: LastGood) {
    this.#object = object;
    this.lastGood = lastGood;
  }

  tell(field: string, severity: Severity, message: string): void {
    this.#problems.push({ object: this.#object, field, severity, message });
  }

  readList(source: AddressSource, value: unknown, field: string): void {
    const before = this.lastGood.allow[source];
    const { entries, fellBack } = readAllowList(value, field, before, (...told) => this.tell(...told));
    this.#allow[source] = entries;
    if (!fellBack) this.#goodAllow[source] = entries;
    else if (before !== undefined) this.#goodAllow[source] = before;
  }

  keepAll(): void {
    this.asn = this.lastGood.asn;
    this.listenPort = this.lastGood.listenPort;
    for (const source of ["clusterIPs", "externalIPs", "loadBalancerIPs"] as const) {
      this.#allow[source] = this.lastGood.allow[source] ?? null;
    }
    Object.assign(this.#goodAllow, this.lastGood.allow);
  }

  result(): ClusterConfig {
    return {
      asn: this.asn ?? defaultAsn,
      listenPort: this.listenPort ?? bgpPort,
      logLevel: this.logLevel,
      allow: this.#allow,
      good: { asn: this.asn, listenPort: this.listenPort, allow: this.#goodAllow },
      problems: this.#problems,
    };
  }
}

const notInvolved = "Bellman sends service routes only and programs none";

/** One handler for each field, so that none is dropped without a word. */
export const bgpConfigurationFields = {
  asNumber(value, field, reading) {
    reading.asn = parseAsn(value);
    if (reading.asn !== null) return;
    reading.asn = reading.lastGood.asn;
    reading.tell(field, "error", `${describeBadAsn(value)}; ${String(reading.asn ?? defaultAsn)} holds`);
  },
  listenPort(value, field, reading) {
    if (isPort(value)) reading.listenPort = value;
    else {
      reading.listenPort = reading.lastGood.listenPort;
      const holds = String(reading.listenPort ?? bgpPort);
      reading.tell(field, "error", `${quote(value)} is not a port from 1 to 65535; ${holds} holds`);
    }
  },
  logSeverityScreen(value, field, reading) {
    if (value === "") return;
    reading.logLevel = typeof value === "string" ? (severities.get(value.toLowerCase()) ?? null) : null;
    if (reading.logLevel !== null) return;
    const names = "Debug, Info, Warning, Error or Fatal";
    reading.tell(field, "error", `${quote(value)} is not ${names}; the agent's own setting holds`);
  },
  nodeToNodeMeshEnabled(value, field, reading) {
    if (value === false) return;
    const says = value === true ? "Bellman builds no node-to-node mesh" : `${quote(value)} is not a boolean`;
    reading.tell(field, "warning", `${says}; only the peers of BGPPeer objects are spoken to`);
  },
  serviceClusterIPs: (value, field, reading) => reading.readList("clusterIPs", value, field),
  serviceExternalIPs: (value, field, reading) => reading.readList("externalIPs", value, field),
  serviceLoadBalancerIPs: (value, field, reading) => reading.readList("loadBalancerIPs", value, field),
  serviceLoadBalancerAggregation: notYet("the aggregates of serviceLoadBalancerIPs are sent", "Enabled"),
  bindMode: notYet("sessions are accepted on every address of the node", "None"),
  communities: notYet("routes carry no communities"),
  prefixAdvertisements: notYet("routes carry no communities"),
  ignoredInterfaces: noEffect(notInvolved),
  ipv4NormalRoutePriority: noEffect(notInvolved),
  ipv6NormalRoutePriority: noEffect(notInvolved),
  programClusterRoutes: noEffect(notInvolved),
  localWorkloadPeeringIPV4: noEffect("Bellman does not peer with workloads"),
  localWorkloadPeeringIPV6: noEffect("Bellman does not peer with workloads"),
  nodeMeshMaxRestartTime: noEffect("Bellman builds no node-to-node mesh"),
  nodeMeshPassword: noEffect("Bellman builds no node-to-node mesh"),
} satisfies Record<keyof BgpConfigurationSpec, Handler<Reading>>;

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

function noEffect(why: string): Handler<Reading> {
  return (value, field, reading) => {
    if (!isEmpty(value)) reading.tell(field, "warning", `this field has no effect; ${why}`);
  };
}
