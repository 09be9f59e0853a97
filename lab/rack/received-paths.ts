// The paths that a ToR's router has received from the nodes, with all their attributes, in the same words for FRR and BIRD.
import { isDeepStrictEqual } from "node:util";
import { at, isObject, items } from "./json.ts";
import { nodeAddresses, nodeNames } from "./layout.ts";
import type { NodeName } from "./layout.ts";
import type { RouterName } from "./shape.ts";
import type { Tor } from "./tor.ts";

export interface ReceivedPath {
  /** As `192.168.1.10`. */
  readonly nextHop: string;
  /** 0 also where the node sent none, as FRR and BIRD take that one (RFC 4271 §9.1.2.2 c). */
  readonly med: number;
  /** null: none, as the neighbour is in another AS. */
  readonly localPref: number | null;
  /** Numbers with blanks between them; empty where there is none. */
  readonly asPath: string;
  /** Likewise, sorted. */
  readonly communities: string;
  readonly largeCommunities: string;
  /** Every further attribute, as the router prints it. */
  readonly further: Readonly<Record<string, unknown>>;
}

/** From whom the ToR has a path to a prefix; several from one node are a mistake. */
export async function receivedPaths(tor: Tor, prefix: string): Promise<ReadonlyMap<NodeName, ReceivedPath>> {
  const paths = await (tor.router.name === "frr" ? fromFrr(tor, prefix) : fromBird(tor, prefix));
  const received = new Map(paths);
  if (received.size !== paths.length) throw new Error(`${tor.name} has two paths to ${prefix} from one node`);
  return received;
}

/** The router's command that shows them. */
export function showsPaths(router: RouterName, prefix: string): string {
  if (router === "bird") return `show route all where net = ${prefix}`;
  return `show bgp ${prefix.includes(":") ? "ipv6" : "ipv4"} unicast ${prefix}`;
}

/** Nodes whose paths have the same attributes, and those attributes. */
export interface Alike {
  readonly nodes: readonly NodeName[];
  readonly attributes: Omit<ReceivedPath, "nextHop" | "asPath"> & { readonly asPathLength: number };
}

/**
 * Sorts nodes by what a router weighs their paths by (RFC 4271 §9.1.2.2) and a policy might. Of the AS path that is the
 * length: what is in it differs where every node has an AS of its own.
 */
export function alike(paths: ReadonlyMap<NodeName, ReceivedPath>): readonly Alike[] {
  const groups: { readonly nodes: NodeName[]; readonly attributes: Alike["attributes"] }[] = [];
  for (const node of nodeNames) {
    const path = paths.get(node);
    if (path === undefined) continue;
    const { med, localPref, asPath, communities, largeCommunities, further } = path;
    const asPathLength = asPath === "" ? 0 : asPath.split(" ").length;
    const attributes = { med, localPref, asPathLength, communities, largeCommunities, further };
    const group = groups.find((each) => isDeepStrictEqual(each.attributes, attributes));
    if (group === undefined) groups.push({ nodes: [node], attributes });
    else group.nodes.push(node);
  }
  return groups;
}

type Received = readonly (readonly [NodeName, ReceivedPath])[];

/** What FRR has made of a path, or notes beside it. */
const own = ["peer", "nexthops", "lastUpdate", "bestpath", "multipath", "valid", "version", "advertisedTo"];

async function fromFrr({ router }: Tor, prefix: string): Promise<Received> {
  const answer: unknown = JSON.parse(await router.command(`${showsPaths(router.name, prefix)} json`));
  return items(at(answer, "paths"))
    .filter(isObject)
    .map((path) => {
      const { metric, locPrf, aspath, community, largeCommunity, ...others } = path;
      const asPath = text(at(aspath, "string"));
      const received = {
        nextHop: text(at(path, "nexthops", 0, "ip")),
        med: Number(metric ?? 0),
        localPref: typeof locPrf === "number" ? locPrf : null,
        asPath: asPath === "Local" ? "" : asPath,
        communities: sorted(text(at(community, "string"))),
        largeCommunities: sorted(text(at(largeCommunity, "string"))),
        further: Object.fromEntries(Object.entries(others).filter(([name]) => !own.includes(name))),
      };
      return [nodeAt(text(at(path, "peer", "peerId"))), received] as const;
    });
}

async function fromBird({ router }: Tor, prefix: string): Promise<Received> {
  const printed = await router.command(showsPaths(router.name, prefix));
  // One block each, beginning with `10.49.0.0/16  unicast [n2 17:39:33.589] * (100) [i]`, the first only with the prefix.
  const blocks = printed.split(/^(?=\S* +unicast \[)/m).slice(1);
  return blocks.map((block) => {
    const node = nodeNames.find((name) => block.includes(`unicast [${name} `));
    if (node === undefined) throw new Error(`a path from no node: ${block}`);
    const attributes = new Map(
      [...block.matchAll(/^\tBGP\.(\w+): ?(.*)$/gm)].map(([, name = "", value = ""]) => [name, value.trim()]),
    );
    const take = (name: string) => {
      const value = attributes.get(name);
      attributes.delete(name);
      return value;
    };
    const communities = (name: string) => sorted((take(name) ?? "").replace(/[()]|, */g, replaceBirds));
    const localPref = take("local_pref");
    const received = {
      nextHop: take("next_hop") ?? "",
      med: Number(take("med") ?? 0),
      localPref: localPref === undefined ? null : Number(localPref),
      asPath: take("as_path") ?? "",
      communities: communities("community"),
      largeCommunities: communities("large_community"),
      further: Object.fromEntries(attributes),
    };
    return [node, received] as const;
  });
}

/** `(64512,300) (64512, 1, 2)` → `64512:300 64512:1:2`. */
function replaceBirds(part: string): string {
  return part.startsWith(",") ? ":" : "";
}

function nodeAt(address: string): NodeName {
  const node = nodeNames.find((name) => Object.values(nodeAddresses[name]).includes(address));
  if (node === undefined) throw new Error(`a path from ${address}, which is no node`);
  return node;
}

function sorted(communities: string): string {
  return communities
    .split(" ")
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .join(" ");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
