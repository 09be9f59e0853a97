// Every setting of the agent, once: what it takes, what it is unless said, and what `--help` says of it.
import { parseAddress } from "../model/address.ts";
import type { Address } from "../model/address.ts";
import { parseDuration } from "../model/duration.ts";
import { quote } from "../model/problem.ts";
import { engineSettingsTable } from "./engine-settings.ts";
import type { EngineSettings } from "./engine-settings.ts";
import type { LogLevel } from "./node-config.ts";
import { parseSelector } from "./selector/parse.ts";
import type { Selector } from "./selector/selector.ts";
import { maxRestartSeconds } from "./session-values.ts";
import type { SettingsTable, Surroundings } from "./setting.ts";
import { SettingsError } from "./settings-error.ts";
import { listOf, parseLoadBalancerClass, parseTaint } from "./settings-lists.ts";
import type { TaintPattern } from "./settings-lists.ts";
import { flagName } from "./settings-names.ts";
import {
  offOr,
  oneOf,
  parseBfdInterval,
  parseHttpAddress,
  parseIPv4,
  parseListenPort,
  parseNamespace,
  parseNodeName,
  parsePath,
  parseRestartTime,
} from "./settings-values.ts";
import type { HttpAddress } from "./settings-values.ts";

/** What flags, variables of their names, and the file say. */
export interface WrittenSettings extends EngineSettings {
  readonly nodeName: string;
  /** null: in-cluster, then KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig: string | null;
  /** Directory that stands in for the API; null: there is an API. */
  readonly manifests: string | null;
  /** Labels of the BGPPeers that are ours; null: all are. */
  readonly peerSelector: Selector | null;
  /** Where Secrets with passwords live; null: not known. */
  readonly namespace: string | null;
  /** null: the node's IPv4 address. */
  readonly routerId: Address | null;
  /** TCP port; -1: do not listen; null: as the BGPConfiguration says. */
  readonly listenPort: number | null;
  /** From where sessions of its family go out; null: from the node's InternalIP. */
  readonly localAddress: Address | null;
  /** Restart time in seconds, where a peer names none. */
  readonly gracefulRestart: number | "off";
  /** Interval of BFD packets in ms. */
  readonly bfd: number | "off";
  readonly http: HttpAddress;
  readonly shutdown: "keep" | "withdraw";
  /** What becomes of a host route when only terminating endpoints serve. */
  readonly terminating: "deprefer" | "keep" | "withdraw";
  readonly excludeLabel: "kubernetes" | "calico" | "ignore";
  /** Taints that drain the node, beside the cluster autoscaler's. */
  readonly drainTaints: readonly TaintPattern[];
  /** Between marking the routes of a drained node and withdrawing them. */
  readonly drainWaitMs: number;
  /** Directory for what the agent must remember. */
  readonly stateDir: string;
  /** Classes of load balancers that are ours; empty: all. */
  readonly loadBalancerClasses: readonly string[];
  /** `auto`: a host route is first announced when the node's proxy serves its service. */
  readonly dataplaneGate: "auto" | "off";
  /** For how long at most, in ms. */
  readonly dataplaneGateMaxWaitMs: number;
  /** `node`: the node's pod CIDRs are advertised as well. */
  readonly podCidrs: "off" | "node";
  /** null: as the BGPConfiguration says. */
  readonly logLevel: LogLevel | null;
  /** null: pretty on a terminal, json elsewhere. */
  readonly logFormat: "json" | "pretty" | null;
}

export interface Settings extends WrittenSettings {
  /** Entries of CALICO_ADVERTISE_CLUSTER_IPS, not validated; null: not set. */
  readonly clusterIPsFromEnv: readonly string[] | null;
}

/** The flag of a setting is its name in kebab-case. */
export const settingsTable: SettingsTable<WrittenSettings> = {
  nodeName: {
    parse: parseNodeName,
    fallback: defaultNodeName,
    placeholder: "NAME",
    allowed: "the name of a node (letters a-z, digits, - and .)",
    help: "node that this agent works for",
    otherwise: "$NODE_NAME, else the host name",
  },
  kubeconfig: {
    parse: parsePath,
    fallback: () => null,
    placeholder: "FILE",
    allowed: "a path",
    help: "how to reach the Kubernetes API",
    otherwise: "in-cluster, then $KUBECONFIG, then ~/.kube/config",
  },
  manifests: {
    parse: parsePath,
    fallback: () => null,
    placeholder: "DIR",
    allowed: "a path",
    help: "take the objects from the .yaml, .yml and .json files in DIR, and follow edits",
    otherwise: "the Kubernetes API",
  },
  peerSelector: {
    parse(text) {
      const parsed = parseSelector(text);
      return parsed.t === "selector" ? parsed.selector : null;
    },
    fallback: () => null,
    placeholder: "SELECTOR",
    allowed: "a selector of labels, like bgp == 'bellman' or has(rack)",
    help: "labels of the BGPPeer objects that are ours, in Calico's selector language",
    otherwise: "all of them",
  },
  namespace: {
    parse: parseNamespace,
    fallback: ({ podNamespace }) => podNamespace ?? null,
    placeholder: "NAME",
    allowed: "the name of a namespace",
    help: "where the Secrets with the passwords of sessions live",
    otherwise: "the pod's own",
  },
  ...engineSettingsTable,
  routerId: {
    parse: parseIPv4,
    fallback: () => null,
    placeholder: "IPV4",
    allowed: "an IPv4 address",
    help: "BGP identifier of this node",
    otherwise: "the node's IPv4 address, or one made from its name",
  },
  listenPort: {
    parse: parseListenPort,
    fallback: () => null,
    placeholder: "PORT",
    allowed: "a port from 1 to 65535, or -1",
    help: "TCP port to accept sessions on; -1: do not listen",
    otherwise: "listenPort of the BGPConfiguration, else 179",
  },
  localAddress: {
    parse: parseAddress,
    fallback: () => null,
    placeholder: "IP",
    allowed: "an IP address",
    help: "from where sessions of its family go out, unless a peer says None",
    otherwise: "the node's InternalIP",
  },
  gracefulRestart: {
    parse: offOr(parseRestartTime),
    fallback: () => "off",
    placeholder: "off|TIME",
    allowed: `off, or a time in whole seconds from 1s to ${maxRestartSeconds}s`,
    help: "for how long neighbours keep this node's routes while its speaker restarts; use it with --bfd",
    otherwise: "off",
  },
  bfd: {
    parse: offOr(parseBfdInterval),
    fallback: () => "off",
    placeholder: "off|INTERVAL",
    allowed: "off, or an interval from 10ms to 60s",
    help: "BFD with each neighbour, three missed packets end the session; where the speaker can",
    otherwise: "off",
  },
  http: {
    parse: parseHttpAddress,
    fallback: () => ({ host: "127.0.0.1", port: 9179 }),
    placeholder: "ADDRESS:PORT",
    allowed: "ADDRESS:PORT, like 127.0.0.1:9179 or [::1]:9179",
    help: "where metrics, health and the JSON API are served; without ADDRESS: everywhere",
    otherwise: "127.0.0.1:9179",
  },
  shutdown: {
    parse: oneOf("keep", "withdraw"),
    fallback: () => "keep",
    placeholder: "keep|withdraw",
    allowed: "keep or withdraw",
    help: "what becomes of the routes when the agent is told to end",
    otherwise: "keep",
  },
  terminating: {
    parse: oneOf("deprefer", "keep", "withdraw"),
    fallback: () => "deprefer",
    placeholder: "deprefer|keep|withdraw",
    allowed: "deprefer, keep or withdraw",
    help: "what becomes of a host route when all endpoints that still serve it are terminating",
    otherwise: "deprefer",
  },
  excludeLabel: {
    parse: oneOf("kubernetes", "calico", "ignore"),
    fallback: () => "kubernetes",
    placeholder: "kubernetes|calico|ignore",
    allowed: "kubernetes, calico or ignore",
    help: "which values of the exclusion label take a node out: all but false ones, true alone, none",
    otherwise: "kubernetes",
  },
  drainTaints: {
    parse: listOf(parseTaint),
    fallback: () => [],
    placeholder: "TAINT,…",
    allowed: "a list of taints, each KEY[=VALUE][:EFFECT]",
    help: "taints that drain the node, each KEY[=VALUE][:EFFECT]",
    otherwise: "none but the cluster autoscaler's",
    list: true,
  },
  drainWaitMs: {
    parse: parseDuration,
    fallback: () => 5_000,
    placeholder: "DURATION",
    allowed: "a duration like 5s, 300ms or 1m30s, of 24h at most",
    help: "how long the routes of a drained node stay marked before they are withdrawn",
    otherwise: "5s",
  },
  stateDir: {
    parse: parsePath,
    fallback: () => "/var/lib/bellman",
    placeholder: "DIR",
    allowed: "a path",
    help: "where a drain that was asked for is kept, so that it outlives agent and machine",
    otherwise: "/var/lib/bellman",
  },
  loadBalancerClasses: {
    parse: listOf(parseLoadBalancerClass),
    fallback: () => [],
    placeholder: "CLASS,…",
    allowed: "a list of load balancer classes, like example.com/bgp",
    help: "advertise load balancer IPs of services with these values of spec.loadBalancerClass alone",
    otherwise: "all services",
    list: true,
  },
  dataplaneGate: {
    parse: oneOf("auto", "off"),
    fallback: () => "auto",
    placeholder: "auto|off",
    allowed: "auto or off",
    help: "auto: first announce a host route when kube-proxy on this node serves it; off where there is none",
    otherwise: "auto",
  },
  dataplaneGateMaxWaitMs: {
    parse: parseDuration,
    fallback: () => 10_000,
    placeholder: "DURATION",
    allowed: "a duration like 10s, 500ms or 1m30s, of 24h at most",
    help: "announce a host route after this, whether kube-proxy has told that it serves it or not",
    otherwise: "10s",
  },
  podCidrs: {
    parse: oneOf("off", "node"),
    fallback: () => "off",
    placeholder: "off|node",
    allowed: "off or node",
    help: "node: advertise spec.podCIDRs of this node as well",
    otherwise: "off",
  },
  logLevel: {
    parse: oneOf("debug", "info", "warn", "error", "fatal"),
    fallback: () => null,
    placeholder: "LEVEL",
    allowed: "debug, info, warn, error or fatal",
    help: "least severity logged: debug, info, warn, error, fatal",
    otherwise: "as in the BGPConfiguration, else info",
  },
  logFormat: {
    parse: oneOf("json", "pretty"),
    fallback: () => null,
    placeholder: "json|pretty",
    allowed: "json or pretty",
    help: "form of the log",
    otherwise: "json; pretty on a terminal",
  },
};

/** The kubelet registers the node under the host name in lower case. */
function defaultNodeName({ env, hostname }: Surroundings): string {
  const [place, text] =
    env["NODE_NAME"] === undefined || env["NODE_NAME"] === ""
      ? ["the host name", hostname.toLowerCase()]
      : ["NODE_NAME", env["NODE_NAME"]];
  const name = parseNodeName(text);
  if (name !== null) return name;
  throw new SettingsError("value", `${place} ${quote(text)} is not the name of a node; set --node-name`);
}

/** One entry per setting for `bellman agent --help`, in lines without a line break. */
export function settingsHelp(): readonly string[] {
  const config = {
    placeholder: "FILE",
    help: "YAML file of settings; a key is a flag's name without the dashes",
    otherwise: "none",
  };
  return [...Object.entries(settingsTable), ["config", config] as const].flatMap(([name, setting]) => [
    `  --${flagName(name)} ${setting.placeholder}`,
    `      ${setting.help} (default: ${setting.otherwise})`,
  ]);
}
