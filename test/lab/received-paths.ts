// The paths that a ToR's router has received from the nodes, with all their attributes, in the same words for FRR and BIRD.
import { at, isObject, items } from "../../lab/rack/json.ts";
import { nodeAddresses, nodeNames } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import type { Tor } from "../../lab/rack/tor.ts";

export interface ReceivedPath {
  /** As `192.168.1.10`. */
  readonly nextHop: string;
  /** 0 also where the node sent none: they count as equal (RFC 4271 §9.1.2.2 c). */
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

type Received = readonly (readonly [NodeName, ReceivedPath])[];

/** What FRR has made of a path, or notes beside it. */
const own = ["peer", "nexthops", "lastUpdate", "bestpath", "multipath", "valid", "version", "advertisedTo"];

async function fromFrr({ router }: Tor, prefix: string): Promise<Received> {
  const family = prefix.includes(":") ? "ipv6" : "ipv4";
  const answer: unknown = JSON.parse(await router.command(`show bgp ${family} unicast ${prefix} json`));
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
  const printed = await router.command(`show route all where net = ${prefix}`);
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
