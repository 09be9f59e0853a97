// Sessions of other kinds than docs/guides/tor has: over IPv6, over another port, through a router, with TTL security. Two
// ToRs, one with FRR and one with BIRD, and gobgpd, FRR and BIRD on the nodes: each kind with all three at a time.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeAddresses, nodeNames, torAddresses } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { torAsn } from "../../lab/rack/shape.ts";
import type { Tor } from "../../lab/rack/tor.ts";
import { until } from "../support/until.ts";
import { kernelHas } from "./expect-routes.ts";
import { prefixesOver, unseenBy } from "./tor-session.ts";
import type { SessionName } from "./tor-session.ts";

const prefixes = [
  "10.49.0.0/16",
  "10.49.62.131/32",
  "192.168.3.0/24",
  "192.168.5.0/24",
  "fd00:10:49::/112",
  "fd00:10:49::6283/128",
];

let rack: Rack;

beforeAll(async () => {
  rack = await startRack({ prefix: `knd${process.pid}`, tor: ["frr", "bird"], ebgp: true, engine: "mixed" });
  await rack.setPods(
    "nginx",
    nodeNames.map((node) => ({ pod: `nginx-${node}`, node })),
  );
  await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
  for (const tor of rack.tors) await comesOver(tor, usual);
});
afterAll(() => rack.down());

/** The ToR at work, and the other one. */
const pairs = [
  { name: "FRR", tor: () => the(0), other: () => the(1) },
  { name: "BIRD", tor: () => the(1), other: () => the(0) },
] as const;

function the(index: number): Tor {
  const tor = rack.tors[index];
  if (tor === undefined) throw new Error("the rack has two ToRs");
  return tor;
}

const asnOf = (node: NodeName) => 4_200_000_010 + nodeNames.indexOf(node);
const peerOf = (tor: Tor, node: NodeName) => `tor${rack.tors.indexOf(tor) + 1}-${node}`;

/** The sessions of docs/guides/tor. */
const usual = (node: NodeName): SessionName => ({ address: nodeAddresses[node].ipv4, protocol: node });

/** Waits until all that the nodes announce comes over these sessions, and the ToR's kernel has it. */
async function comesOver(tor: Tor, session: (node: NodeName) => SessionName): Promise<void> {
  for (const node of nodeNames)
    await until(
      `all of ${node} comes to ${tor.name} over session ${session(node).protocol}`,
      async () => {
        expect(await prefixesOver(tor, session(node))).toEqual(prefixes);
        return true;
      },
      { timeoutMs: 20_000, everyMs: 50 },
    );
  for (const prefix of prefixes) await kernelHas(tor, prefix, nodeNames);
}

/** Waits until nothing comes over these sessions any more, and looks at all of them meanwhile: some are soon back. */
async function gone(tor: Tor, session: (node: NodeName) => SessionName): Promise<void> {
  const looks = nodeNames.map((node) =>
    until(
      `nothing comes to ${tor.name} over session ${session(node).protocol}`,
      async () => (await prefixesOver(tor, session(node))).length === 0,
      { everyMs: 50 },
    ),
  );
  await Promise.all(looks);
}

/** Puts lines into FRR's `router bgp`. */
function atFrr({ router, name }: Tor, lines: readonly string[]): Promise<void> {
  return router.configure([`router bgp ${torAsn(name, true)}`, ...lines].join("\n"));
}

describe("P7: a session over IPv6", () => {
  const overIpv6 = (node: NodeName): SessionName => ({
    address: nodeAddresses[node].ipv6,
    protocol: `${node}v6`,
  });

  /** Lets the ToR have sessions over IPv6 beside the others. */
  async function take(tor: Tor): Promise<void> {
    if (tor.router.name === "frr")
      return atFrr(
        tor,
        nodeNames.flatMap((node) => [
          `neighbor ${nodeAddresses[node].ipv6} remote-as ${asnOf(node)}`,
          `neighbor ${nodeAddresses[node].ipv6} peer-group nodes`,
        ]),
      );
    const local = `local ${torAddresses[tor.name].rack.ipv6} as ${torAsn(tor.name, true)};`;
    const sessions = nodeNames.map((node) => {
      const neighbor = `neighbor ${nodeAddresses[node].ipv6} as ${asnOf(node)};`;
      return `protocol bgp ${node}v6 from node { ${local} ${neighbor} }\n`;
    });
    await tor.router.configure(sessions.join(""));
  }
  async function takeBack(tor: Tor): Promise<void> {
    if (tor.router.name === "bird") return tor.router.configure("");
    await atFrr(
      tor,
      nodeNames.map((node) => `no neighbor ${nodeAddresses[node].ipv6}`),
    );
  }
  async function speakTo(tor: Tor, peerIP: string): Promise<void> {
    for (const node of nodeNames) await rack.patch("BGPPeer", peerOf(tor, node), { spec: { peerIP } });
  }

  it.each(pairs)("carries both families to the $name ToR, with any engine", async ({ tor, other }) => {
    const { ipv4, ipv6 } = torAddresses[tor().name].rack;
    await unseenBy(other(), async () => {
      await take(tor());
      await speakTo(tor(), ipv6);
      await gone(tor(), usual);
      await comesOver(tor(), overIpv6);
      await speakTo(tor(), ipv4);
      await gone(tor(), overIpv6);
      await takeBack(tor());
      await comesOver(tor(), usual);
    });
  });
});

describe("P11: with any engine a session with", () => {
  const [frr, bird] = [torAddresses.tor, torAddresses.tor2];
  const asked = [
    {
      title: "TTL security comes up with the FRR ToR",
      pair: pairs[0],
      spec: { ttlSecurity: 1 },
      says: ["ttl-security hops 1"],
    },
    {
      title: "a port of its own comes up with the BIRD ToR",
      pair: pairs[1],
      spec: { peerIP: `${bird.rack.ipv4}:1790` },
      says: [`local ${bird.rack.ipv4} port 1790 as 4200000002;`],
    },
    {
      title: "a router in between comes up with the FRR ToR",
      pair: pairs[0],
      spec: { peerIP: frr.outside.ipv4 },
      says: ["ebgp-multihop 2", `update-source ${frr.outside.ipv4}`],
    },
    {
      title: "TTL security and a router in between comes up with the BIRD ToR",
      pair: pairs[1],
      spec: { peerIP: bird.outside.ipv4, ttlSecurity: 2 },
      says: [`local ${bird.outside.ipv4} as 4200000002;`, "multihop 2;", "ttl security on;"],
    },
  ];

  /** BIRD has these beside those of the guide, FRR instead of them. */
  const ofKind = (node: NodeName): SessionName => ({ ...usual(node), protocol: `${node}x` });

  /** Lets the ToR's sessions be of that kind. */
  async function take(tor: Tor, says: readonly string[]): Promise<void> {
    if (tor.router.name === "frr") return atFrr(tor, linesOf(says, ""));
    // With a router in between the next hop is looked up in the table: it must know the cables.
    const direct = "protocol direct { ipv4; ipv6; }\n";
    const sessions = nodeNames.map((node) => {
      const neighbor = `neighbor ${nodeAddresses[node].ipv4} as ${asnOf(node)};`;
      return `protocol bgp ${node}x from node { ${says.join(" ")} ${neighbor} }\n`;
    });
    await tor.router.configure(direct + sessions.join(""));
    for (const node of nodeNames) await tor.router.command(`disable ${node}`);
  }
  async function takeBack(tor: Tor, says: readonly string[]): Promise<void> {
    // With BIRD this also enables what was disabled.
    await (tor.router.name === "frr" ? atFrr(tor, linesOf(says, "no ")) : tor.router.configure(""));
  }
  function linesOf(says: readonly string[], no: string): readonly string[] {
    return nodeNames.flatMap((node) =>
      says.map((line) => `${no}neighbor ${nodeAddresses[node].ipv4} ${line}`),
    );
  }

  /** The way to a ToR's far side, which is no cable of the nodes. */
  async function far(verb: "replace" | "delete", tor: Tor, other: Tor): Promise<void> {
    const { outside } = torAddresses[tor.name];
    for (const node of rack.nodes)
      await node.exec("ip", "route", verb, outside.ipv4, "via", torAddresses[other.name].rack.ipv4);
  }

  it.each(asked)("$title", async ({ pair: { tor, other }, spec, says }) => {
    const peers = nodeNames.map((node) => peerOf(tor(), node));
    const before = await Promise.all(peers.map((peer) => rack.cluster.get("BGPPeer", peer)));
    await far("replace", tor(), other());
    await unseenBy(other(), async () => {
      await take(tor(), says);
      await gone(tor(), usual);
      for (const peer of peers) await rack.patch("BGPPeer", peer, { spec });
      await comesOver(tor(), ofKind);
      await rack.apply(before);
      await gone(tor(), ofKind);
      await takeBack(tor(), says);
      await comesOver(tor(), usual);
    });
    await far("delete", tor(), other());
  });
});
