// What a ToR's router tells of its session to a node and of the paths that came over it, in the same words for both.
import { expect } from "vitest";
import { families } from "../../agent/model/family.ts";
import { at, isObject, items } from "../../lab/rack/json.ts";
import { nodeAddresses } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import type { Tor } from "../../lab/rack/tor.ts";

export interface TorSession {
  /** What was agreed upon. */
  readonly holdSeconds: number;
  readonly keepaliveSeconds: number;
  readonly torAsn: number;
  readonly nodeAsn: number;
  /** Both sides speak of AS numbers in four bytes. */
  readonly fourByteAsns: boolean;
}

export async function torSession({ router }: Tor, node: NodeName): Promise<TorSession> {
  if (router.name === "frr") {
    const address = nodeAddresses[node].ipv4;
    const neighbor = at(JSON.parse(await router.command(`show bgp neighbors ${address} json`)), address);
    return {
      holdSeconds: Number(at(neighbor, "bgpTimerHoldTimeMsecs")) / 1000,
      keepaliveSeconds: Number(at(neighbor, "bgpTimerKeepAliveIntervalMsecs")) / 1000,
      torAsn: Number(at(neighbor, "localAs")),
      nodeAsn: Number(at(neighbor, "remoteAs")),
      fourByteAsns: at(neighbor, "neighborCapabilities", "4byteAs") === "advertisedAndReceived",
    };
  }
  const text = await router.command(`show protocols all ${node}`);
  const field = (name: string, value: string) => new RegExp(`^ +${name}: +${value}$`, "m").exec(text)?.[1];
  return {
    holdSeconds: Number(field("Hold timer", "[0-9.]+/([0-9]+)")),
    keepaliveSeconds: Number(field("Keepalive timer", "[0-9.]+/([0-9]+)")),
    torAsn: Number(field("Local AS", "([0-9]+)")),
    nodeAsn: Number(field("Neighbor AS", "([0-9]+)")),
    fourByteAsns: field("Session", "(.*)")?.split(" ").includes("AS4") ?? false,
  };
}

/** AS path of each path that nodes have sent for a prefix, sorted. */
export async function asPaths({ router }: Tor, prefix: string): Promise<readonly string[]> {
  if (router.name === "frr") {
    const answer: unknown = JSON.parse(await router.command(`show bgp ipv4 unicast ${prefix} json`));
    return items(at(answer, "paths"))
      .map((path) => String(at(path, "aspath", "string")))
      .sort();
  }
  const text = await router.command(`show route all where net = ${prefix}`);
  return [...text.matchAll(/BGP\.as_path: (.*)/g)].map(([, path = ""]) => path.trim()).sort();
}

/** How a ToR knows a session: FRR by the node's address, BIRD by a name. */
export interface SessionName {
  readonly address: string;
  readonly protocol: string;
}

/** The prefixes of both families that a ToR has over a session, sorted; empty: none, or it has no such session. */
export async function prefixesOver(
  { router }: Tor,
  { address, protocol }: SessionName,
): Promise<readonly string[]> {
  if (router.name === "bird") {
    if (!new RegExp(`^${protocol} `, "m").test(await router.command("show protocols"))) return [];
    const listed = await router.command(`show route protocol ${protocol}`);
    return [...listed.matchAll(/^(\S+) +unicast \[/gm)].map(([, prefix = ""]) => prefix).sort();
  }
  const lists = families.map(async (family) => {
    const line = `show bgp ${family} unicast neighbors ${address} routes json`;
    const routes = at(JSON.parse(await router.command(line)), "routes");
    return isObject(routes) ? Object.keys(routes) : [];
  });
  return (await Promise.all(lists)).flat().sort();
}

/** How many IPv4 routes a ToR sends to a node. */
export async function sentTo({ router }: Tor, node: NodeName): Promise<number> {
  if (router.name === "bird")
    return Number(/^(\d+) of/m.exec(await router.command(`show route export ${node} count`))?.[1] ?? 0);
  const address = nodeAddresses[node].ipv4;
  const neighbor = at(JSON.parse(await router.command(`show bgp neighbors ${address} json`)), address);
  return Number(at(neighbor, "addressFamilyInfo", "ipv4Unicast", "sentPrefixCounter"));
}

/** Does something to one ToR while the other sees no route event and no session change. */
export async function unseenBy(tor: Tor, work: () => Promise<void>): Promise<void> {
  const monitor = await tor.monitor();
  const sessions = await tor.sessions();
  await work();
  expect(await monitor.events()).toEqual([]);
  expect(await tor.sessions()).toEqual(sessions);
  await monitor.stop();
}
