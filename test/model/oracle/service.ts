// One service: a verdict on each of its addresses, by going through the rules in their order.
import type { Configuration, Source } from "./configuration.ts";
import { Endpoints } from "./endpoints.ts";
import { at, list, text } from "./json.ts";
import { hostCidr, inside, ipText, isReservedIp, parseIp } from "./net.ts";
import type { Ip } from "./net.ts";
import { nodeAddresses, nodeObjection } from "./node.ts";
import type { Settings } from "./settings.ts";

export interface OracleVerdict {
  /** `namespace/name` */
  readonly service: string;
  readonly address: string | null;
  readonly announce: boolean;
  readonly reason: string;
}

export interface Circumstances {
  readonly configuration: Configuration;
  readonly settings: Settings;
  /** undefined: never seen. */
  readonly node: unknown;
  readonly draining: boolean;
  readonly slices: readonly unknown[];
}

interface Claim {
  readonly source: Source;
  readonly ip: Ip;
  readonly proxied: boolean;
}

interface Answer {
  readonly announce: boolean;
  readonly reason: string;
}

/** Refusals by how far an address came. */
const progress: readonly (readonly string[])[] = [
  ["IpModeProxy"],
  ["ClassMismatch"],
  ["Reserved"],
  ["NotConfigured"],
  ["OutsideAllowList"],
  ["NotSynced", "NodeExcluded", "NodeNetworkUnavailable"],
  ["CoveredByAggregate"],
  ["WrongFamily"],
  ["NoLocalEndpoints", "NoEndpoints"],
];

export function verdictsOn(service: unknown, around: Circumstances): readonly OracleVerdict[] {
  const namespace = String(at(service, "metadata", "namespace"));
  const name = String(at(service, "metadata", "name"));
  const key = `${namespace}/${name}`;
  const claims = claimsOf(service);
  const objection = serviceObjection(service, claims);
  if (claims.length === 0)
    return [{ service: key, address: null, announce: false, reason: objection ?? "NoAddress" }];
  const endpoints = new Endpoints(around.slices, namespace, name);
  const answers = new Map<string, Answer[]>();
  for (const claim of claims) {
    const answer =
      objection === null
        ? answerOn(service, claim, endpoints, around)
        : { announce: false, reason: objection };
    const address = ipText(claim.ip);
    answers.set(address, [...(answers.get(address) ?? []), answer]);
  }
  return [...answers].map(([address, all]) => ({ service: key, address, ...best(all) }));
}

/** One source that announces is enough, one that does not drain is better; of refusals the furthest tells most. */
function best(answers: readonly Answer[]): Answer {
  const yes = answers.filter(({ announce }) => announce);
  const far = ({ reason }: Answer) => progress.findIndex((reasons) => reasons.includes(reason));
  const furthest = answers.reduce((one, other) => (far(other) > far(one) ? other : one));
  return yes.find(({ reason }) => reason !== "Draining") ?? yes[0] ?? furthest;
}

function claimsOf(service: unknown): readonly Claim[] {
  const spec = at(service, "spec");
  const many = list(at(spec, "clusterIPs"));
  const ips = (texts: readonly unknown[]) => texts.map(parseIp).filter((ip) => ip !== null);
  const cluster = isHeadless(service) ? [] : ips(many.length > 0 ? many : [at(spec, "clusterIP")]);
  const ingress = ingressOf(service).flatMap((entry): readonly Claim[] => {
    const ip = parseIp(at(entry, "ip"));
    return ip === null ? [] : [{ source: "loadBalancerIPs", ip, proxied: at(entry, "ipMode") === "Proxy" }];
  });
  return [
    ...cluster.map((ip) => ({ source: "clusterIPs", ip, proxied: false }) as const),
    ...ips(list(at(spec, "externalIPs"))).map(
      (ip) => ({ source: "externalIPs", ip, proxied: false }) as const,
    ),
    ...ingress,
  ];
}

function ingressOf(service: unknown): readonly unknown[] {
  return list(at(service, "status", "loadBalancer", "ingress"));
}

function isHeadless(service: unknown): boolean {
  return at(service, "spec", "clusterIP") === "None" || list(at(service, "spec", "clusterIPs"))[0] === "None";
}

function serviceObjection(service: unknown, claims: readonly Claim[]): string | null {
  if (isHeadless(service)) return "Headless";
  if (at(service, "spec", "type") === "ExternalName") return "ExternalName";
  if (at(service, "metadata", "deletionTimestamp") !== undefined) return "ServiceDeleting";
  if (at(service, "metadata", "labels", "service.kubernetes.io/service-proxy-name") !== undefined)
    return "OtherProxy";
  if (claims.length === 0) {
    if (ingressOf(service).some((entry) => text(at(entry, "hostname")) !== null)) return "HostnameOnly";
    return mentionsAddress(service) ? "InvalidObject" : "NoAddress";
  }
  return annotation(service, "bellman.bgp/advertise") === "none" ? "OptedOut" : null;
}

/** Something stands where an address should be. */
function mentionsAddress(service: unknown): boolean {
  const spec = at(service, "spec");
  return [
    at(spec, "clusterIP"),
    ...list(at(spec, "clusterIPs")),
    ...list(at(spec, "externalIPs")),
    ...ingressOf(service).map((entry) => at(entry, "ip")),
  ].some((value) => text(value) !== null);
}

function annotation(service: unknown, name: string): unknown {
  return at(service, "metadata", "annotations", name);
}

function answerOn(service: unknown, claim: Claim, endpoints: Endpoints, around: Circumstances): Answer {
  const { configuration, settings, node } = around;
  const no = (reason: string): Answer => ({ announce: false, reason });
  const { ip, source } = claim;
  if (claim.proxied) return no("IpModeProxy");
  if (
    source === "loadBalancerIPs" &&
    settings.loadBalancerClass !== null &&
    at(service, "spec", "loadBalancerClass") !== settings.loadBalancerClass
  )
    return no("ClassMismatch");
  if (isReservedIp(ip) || nodeAddresses(node).some((own) => own.bits === ip.bits && own.value === ip.value))
    return no("Reserved");
  const entries = configuration.lists[source];
  if (entries.length === 0) return no("NotConfigured");
  const holding = entries.filter((entry) => inside(entry, hostCidr(ip)));
  if (holding.length === 0) return no("OutsideAllowList");
  const objection = nodeObjection(node, settings);
  if (objection !== null) return no(objection);

  const local = isLocal(service, source);
  const why = local
    ? "LocalEndpoints"
    : clusterReason(
        service,
        source,
        holding.some((entry) => entry.length === entry.bits),
        configuration,
      );
  if (why === null) return no("CoveredByAggregate");
  const serving = (bits: 32 | 128, on: string | null) => endpoints.serving(bits, on, settings.terminating);
  const other = ip.bits === 32 ? 128 : 32;
  if (serving(ip.bits, null) === "none" && serving(other, null) !== "none") return no("WrongFamily");
  const here = serving(ip.bits, local ? "n1" : null);
  if (here === "none") return no(local ? "NoLocalEndpoints" : "NoEndpoints");
  return { announce: true, reason: around.draining || here === "draining" ? "Draining" : why };
}

function isLocal(service: unknown, source: Source): boolean {
  if (annotation(service, "bellman.bgp/advertise") === "local") return true;
  const spec = at(service, "spec");
  const type = at(spec, "type") ?? "ClusterIP";
  const external =
    type === "NodePort" ||
    type === "LoadBalancer" ||
    list(at(spec, "externalIPs")).some((each) => parseIp(each) !== null);
  if (at(spec, "externalTrafficPolicy") === "Local" && external) return true;
  return at(spec, "internalTrafficPolicy") === "Local" && source === "clusterIPs";
}

/** Why every node announces a host route; null: none is due. */
function clusterReason(
  service: unknown,
  source: Source,
  exact: boolean,
  { aggregation }: Configuration,
): string | null {
  if (exact) return "ExactEntry";
  if (source === "loadBalancerIPs" && !aggregation) return "ClusterEndpoints";
  const type = at(service, "spec", "type") ?? "ClusterIP";
  const asks = annotation(service, "projectcalico.org/AdvertiseClusterIP") === "true";
  return type === "ClusterIP" && source === "clusterIPs" && asks ? "Annotated" : null;
}
