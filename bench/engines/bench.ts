// `npm run bench -- engines`: what each driver costs beside the barest way to drive the same daemon, in one run: gobgpd,
// bgpd and BIRD on the three nodes of a rack, a BIRD ToR, 10,000 routes or more. The ratios are what counts.
import { readFileSync } from "node:fs";
import { engineOf } from "../../agent/cli/engine.ts";
import { readSettings } from "../../agent/config/settings.ts";
import type { BgpInstance, EngineLink } from "../../agent/engine/contract.ts";
import type { Address } from "../../agent/model/address.ts";
import { parseAddress } from "../../agent/model/address.ts";
import { defaultAsn } from "../../agent/model/asn.ts";
import { plainSession } from "../../agent/model/peer.ts";
import { hostPrefix } from "../../agent/model/prefix.ts";
import type { Prefix } from "../../agent/model/prefix.ts";
import { nodeAddresses, torAddresses } from "../../lab/rack/layout.ts";
import { netnsOf } from "../../lab/rack/network.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack, RackNode } from "../../lab/rack/rack.ts";
import { run } from "../../test/support/netns.ts";
import { until } from "../../test/support/until.ts";
import { KernelWatch } from "../kernel-watch.ts";
import { memoryOf, processorSeconds } from "../process-cost.ts";
import { BareBird } from "./bare-bird.ts";
import { BareFrr } from "./bare-frr.ts";
import { BareGobgp } from "./bare-gobgp.ts";
import type { Bare } from "./bare.ts";
import { measure } from "./measure.ts";
import { costsTable, waysTable } from "./tables.ts";
import type { EngineFigures } from "./tables.ts";

/** What speakers run on a node, as the kernel calls them. */
const daemons = ["gobgpd", "bgpd", "zebra", "bfdd", "bird"];

/** Fewer where each takes long. */
const singlesBeside = (routes: number) => (routes > 20_000 ? 50 : 200);

/**
 * @param only these engines; empty: all.
 * @param routes up to 60,000: the range has room for so many, and for single ones beyond
 */
export async function benchEngines(only: readonly string[], routes: number): Promise<void> {
  const prefix = `bench${process.pid}`;
  const say = (step: string) => console.log(`· ${step}`);
  const rack = await startRack({
    prefix,
    tor: "bird",
    engine: "mixed",
    agents: false,
    proxies: false,
    // The guide's ToR takes no more than 20,000 from a node.
    torConfig: (config) => config.replaceAll(/receive limit \d+/g, `receive limit ${2 * routes}`),
    say,
  });
  const kernel = await KernelWatch.start(netnsOf(prefix, "tor"));
  try {
    const all: EngineFigures[] = [];
    for (const node of rack.nodes) {
      const { engine, program } = node.speaker;
      if (only.length > 0 && !only.includes(engine)) continue;
      say(`${program}: ${routes} routes from nothing, then single ones, by its driver and barely`);
      all.push({ engine, ...(await figuresOf(rack, node, kernel, routes)) });
    }
    console.log(`\n${waysTable(all, routes)}`);
    console.log(costsTable(all, routes));
  } finally {
    kernel.stop();
    await rack.down();
  }
}

async function figuresOf(
  rack: Rack,
  node: RackNode,
  kernel: KernelWatch,
  routes: number,
): Promise<Omit<EngineFigures, "engine">> {
  const link = await openLink(node);
  const bare = await openBare(node);
  try {
    const figures = await measure({
      link,
      bare,
      kernel,
      many: Array.from({ length: routes }, (_, index) => host(`10.49.${index >> 8}.${index & 0xff}`)),
      // In the range that the ToR takes routes from, and beyond all others.
      single: Array.from({ length: singlesBeside(routes) }, (_, index) => host(`10.49.250.${index}`)),
      memory: async () => sum((await pidsIn(node.netns)).map((pid) => memoryOf(pid).resident)),
      processor: async () => sum((await pidsIn(node.netns)).map(processorSeconds)),
      torEmpty: async () => {
        const empty = async () => (await rack.tor.allRoutes("ipv4")).size === 0;
        await until("the ToR has no route left", empty, { timeoutMs: 120_000, everyMs: 500 });
      },
    });
    return { ...figures, one: bare.one, many: bare.many };
  } finally {
    bare.close();
    await link.close("withdraw");
    await node.speaker.stop();
  }
}

/** Of all daemons of the speaker. */
async function pidsIn(netns: string): Promise<readonly number[]> {
  const pids = (await run("ip", "netns", "pids", netns)).split("\n").filter((pid) => pid !== "");
  return pids.filter((pid) => daemons.includes(readFileSync(`/proc/${pid}/comm`, "utf8").trim())).map(Number);
}

function sum(all: readonly number[]): number {
  return all.reduce((total, each) => total + each, 0);
}

/** Opens the speaker as an agent would, and waits until its session is up. */
async function openLink({ name, speaker }: RackNode): Promise<EngineLink> {
  const argv = ["--node-name", name, ...speaker.agentSettings];
  const engine = await engineOf(readSettings({ argv, env: {}, hostname: name }));
  const routerId = address(nodeAddresses[name].ipv4);
  const instance: BgpInstance = { asn: defaultAsn, routerId, listenPort: 179 };
  let up = false;
  const events = {
    lost: (error: Error) => {
      throw error;
    },
    session: ({ state }: { readonly state: string }) => {
      up = state === "established";
    },
  };
  const link = await engine.open(instance, events, new AbortController().signal);
  const tor = address(torAddresses.tor.rack.ipv4);
  const peer = { name: "tor", address: tor, port: 179, asn: defaultAsn, localAsn: defaultAsn };
  const change = { announce: [], withdraw: [], removePeers: [] };
  const [rejection] = await link.apply({ ...change, addPeers: [{ ...peer, ...plainSession }] });
  if (rejection !== undefined) throw rejection.error;
  await until(`${speaker.program} has a session`, () => up, { timeoutMs: 30_000 });
  return link;
}

async function openBare({ speaker: { engine, socket, agentSettings } }: RackNode): Promise<Bare> {
  switch (engine) {
    case "gobgp":
      return new BareGobgp(socket);
    case "frr":
      return BareFrr.open(socket, defaultAsn, address(torAddresses.tor.rack.ipv4));
    case "bird":
      return BareBird.open(socket, agentSettings[agentSettings.indexOf("--bird-dir") + 1] ?? "");
  }
}

function host(text: string): Prefix {
  return hostPrefix(address(text));
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(`no address: ${text}`);
  return parsed;
}
