// What a node must announce, written from the rules alone: no code of the agent, no state but what the rules remember,
// everything worked out anew each time. Slow, and simple enough to be read beside docs/reference/decisions.md.
import type { Kind } from "../../../agent/watch/kinds.ts";
import { readCommunity, unite } from "./communities.ts";
import { ConfigurationMemory } from "./configuration.ts";
import type { Configuration } from "./configuration.ts";
import { at, list, text } from "./json.ts";
import { cidrText, compareCidrs, hostCidr, inside, ipText, isReservedIp, parseCidr, parseIp } from "./net.ts";
import type { Cidr } from "./net.ts";
import { drains, globalIpv6, isExcluded, nodeObjection } from "./node.ts";
import { verdictsOn } from "./service.ts";
import type { OracleVerdict } from "./service.ts";
import type { Settings } from "./settings.ts";

export interface OracleRoute {
  readonly prefix: string;
  readonly reason: string;
  readonly services: readonly string[];
  readonly nextHop: string | null;
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
  readonly med: number | null;
  readonly localPref: number | null;
  readonly prepend: number;
}

export interface Answer {
  readonly excluded: boolean;
  readonly routes: readonly OracleRoute[];
  readonly verdicts: readonly OracleVerdict[];
  readonly guard: readonly string[];
}

/** Objects as the API writes them, by name or `namespace/name`. */
export type World = { readonly [K in Kind]: ReadonlyMap<string, unknown> };

export class Oracle {
  readonly #settings: Settings;
  readonly #configuration: ConfigurationMemory;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#configuration = new ConfigurationMemory(settings.clusterIPs);
  }

  /**
   * To be asked after every step.
   *
   * @param lastNode the own node as it was last seen, if ever
   */
  answer(world: World, lastNode: unknown): Answer {
    const settings = this.#settings;
    const configuration = this.#configuration.read(world.BGPConfiguration, world.BGPPeer);
    const draining = lastNode !== undefined && drains(lastNode, !world.Node.has("n1"), settings);
    const slices = [...world.EndpointSlice.values()];
    const around = { configuration, settings, node: lastNode, draining, slices };
    const verdicts = [...world.Service.values()].flatMap((service) => verdictsOn(service, around));
    const prefixes = new Map<string, { readonly cidr: Cidr; readonly reason: string }>();
    if (settings.podCidrs === "node")
      for (const cidr of list(at(lastNode, "spec", "podCIDRs")).map(parseCidr))
        if (cidr !== null) prefixes.set(cidrText(cidr), { cidr, reason: "PodCidr" });
    if (nodeObjection(lastNode, settings) === null)
      for (const cidr of aggregates(configuration))
        prefixes.set(cidrText(cidr), { cidr, reason: draining ? "Draining" : "Aggregate" });
    for (const { announce, address } of verdicts) {
      const ip = parseIp(address);
      if (!announce || ip === null) continue;
      const owners = verdicts.filter((each) => each.announce && each.address === address).sort(byService);
      const reason = (owners.find((each) => each.reason !== "Draining") ?? owners[0])?.reason ?? "";
      prefixes.set(cidrText(hostCidr(ip)), { cidr: hostCidr(ip), reason });
    }
    const ipv6 = globalIpv6(lastNode);
    const routes = [...prefixes.values()]
      .filter(({ cidr }) => cidr.bits === 32 || ipv6 !== null)
      .sort((a, b) => compareCidrs(a.cidr, b.cidr))
      .map(({ cidr, reason }) => {
        const host = cidr.length === cidr.bits ? ipText(cidr) : null;
        const owners = verdicts.filter((each) => each.announce && each.address === host).sort(byService);
        const services = owners.map(({ service }) => service);
        return {
          prefix: cidrText(cidr),
          reason,
          services,
          nextHop: cidr.bits === 32 || ipv6 === null ? null : ipText(ipv6),
          ...attributes(
            cidr,
            reason,
            services.map((key) => world.Service.get(key)),
            configuration,
          ),
        };
      });
    return { excluded: isExcluded(lastNode, settings), routes, verdicts, guard: guard(configuration) };
  }
}

function byService(a: OracleVerdict, b: OracleVerdict): number {
  return a.service < b.service ? -1 : Number(a.service > b.service);
}

/** Not an exact entry, not the default route, nothing reserved; load balancer CIDRs only with aggregation. */
function aggregates({ lists, aggregation }: Configuration): readonly Cidr[] {
  const cidrs = [...lists.clusterIPs, ...lists.externalIPs, ...(aggregation ? lists.loadBalancerIPs : [])];
  return cidrs.filter((cidr) => cidr.length > 0 && cidr.length < cidr.bits && !isReservedIp(cidr));
}

function guard({ lists }: Configuration): readonly string[] {
  const cidrs = [...lists.clusterIPs, ...lists.externalIPs, ...lists.loadBalancerIPs].filter(
    ({ length }) => length > 0,
  );
  return [...new Set(cidrs.sort(compareCidrs).map(cidrText))];
}

function attributes(
  cidr: Cidr,
  reason: string,
  services: readonly unknown[],
  { advertised, ibgp }: Configuration,
) {
  const marked = reason === "Draining";
  const annotation = (service: unknown, name: string) =>
    at(service, "metadata", "annotations", `bellman.bgp/${name}`);
  const asked = services.flatMap((service) => (text(annotation(service, "communities")) ?? "").split(","));
  const { standard, large } = unite([
    ...advertised.filter((each) => inside(each.cidr, cidr)).map(({ communities }) => communities),
    ...asked.map((each) => readCommunity(each.trim())).filter((community) => community !== null),
    { standard: marked ? ["65535:0"] : [], large: [] },
  ]);
  const first = (name: string, max: number) => {
    const numbers = services
      .map((service) => annotation(service, name))
      .filter((value) => isNumber(value, max));
    return numbers.length === 0 ? null : Number(numbers[0]);
  };
  return {
    communities: standard,
    largeCommunities: large,
    med: marked ? 4294967294 : first("med", 4294967295),
    localPref: marked ? 0 : first("local-pref", 4294967295),
    prepend: ibgp ? 0 : (first("prepend", 16) ?? 0),
  };
}

function isNumber(value: unknown, max: number): boolean {
  return typeof value === "string" && /^[0-9]+$/.test(value) && Number(value) <= max;
}
