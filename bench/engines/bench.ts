// `npm run bench -- engines`: what each driver costs beside the barest way to drive the same daemon, in one run: gobgpd,
// bgpd and BIRD on the three nodes of a rack, a BIRD ToR, 10,000 routes. The ratios are what counts.
import { table } from "../../agent/cli/table.ts";
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
import { until } from "../../test/support/until.ts";
import { KernelWatch } from "../kernel-watch.ts";
import { numbered } from "../objects.ts";
import { summarise } from "../statistics.ts";
import { BareBird } from "./bare-bird.ts";
import { BareFrr } from "./bare-frr.ts";
import { BareGobgp } from "./bare-gobgp.ts";
import type { Bare } from "./bare.ts";
import { measure } from "./measure.ts";
import type { Samples } from "./measure.ts";

const routes = 10_000;
const singles = 100;

/** What one route event, and what all routes from nothing, may cost at most: how many times the bare way's median. */
const bounds = {
  gobgp: { one: 1.5, many: 2 },
  frr: { one: 1.1, many: 2 },
  bird: { one: 1.3, many: 2 },
} as const;

/** @param only these engines; empty: all. */
export async function benchEngines(only: readonly string[]): Promise<void> {
  const unknown = only.find((name) => !(name in bounds));
  if (unknown !== undefined) throw new Error(`no engine "${unknown}"`);
  const prefix = `bench${process.pid}`;
  const say = (step: string) => console.log(`· ${step}`);
  const rack = await startRack({
    prefix,
    tor: "bird",
    engine: "mixed",
    agents: false,
    proxies: false,
    say,
  });
  const kernel = await KernelWatch.start(netnsOf(prefix, "tor"));
  try {
    const rows: string[][] = [];
    for (const node of rack.nodes) {
      if (only.length > 0 && !only.includes(node.speaker.engine)) continue;
      say(
        `${node.speaker.program}: ${routes} routes from nothing, then single ones, by its driver and barely`,
      );
      rows.push(...(await rowsOf(rack, node, kernel)));
    }
    const head = ["ENGINE", "CALL → ToR KERNEL", "BY", "P50 ms", "P95 ms", "n", "× BARE", "AT MOST"];
    console.log(`\n${table(head, rows)}`);
  } finally {
    kernel.stop();
    await rack.down();
  }
}

async function rowsOf(rack: Rack, node: RackNode, kernel: KernelWatch): Promise<string[][]> {
  const link = await openLink(node);
  const bare = await openBare(node);
  try {
    const { driver, bare: floor } = await measure({
      link,
      bare,
      kernel,
      many: Array.from({ length: routes }, (_, index) => host(numbered(index).clusterIP)),
      // In the range that the ToR takes routes from, and beyond all others.
      single: Array.from({ length: singles }, (_, index) => host(`10.49.250.${index}`)),
      torEmpty: async () => {
        const empty = async () => (await rack.tor.allRoutes("ipv4")).size === 0;
        await until("the ToR has no route left", empty, { timeoutMs: 30_000, everyMs: 200 });
      },
    });
    return tableRows(node.speaker.engine, bare, driver, floor);
  } finally {
    bare.close();
    await link.close("withdraw");
    await node.speaker.stop();
  }
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
      return BareFrr.open(socket, defaultAsn);
    case "bird":
      return BareBird.open(socket, agentSettings[agentSettings.indexOf("--bird-dir") + 1] ?? "");
  }
}

function tableRows(engine: keyof typeof bounds, bare: Bare, driver: Samples, floor: Samples): string[][] {
  const { one, many } = bounds[engine];
  const pair = (
    what: string,
    name: string,
    own: readonly number[],
    bareOnes: readonly number[],
    bound: number,
  ) => {
    const [ours, theirs] = [summarise(own), summarise(bareOnes)];
    const ratio = (ours.p50 / theirs.p50).toFixed(2);
    const figures = ({ p50, p95, count }: typeof ours) => [p50.toFixed(2), p95.toFixed(2), String(count)];
    return [
      [engine, what, name, ...figures(theirs), "", ""],
      [engine, what, "driver", ...figures(ours), ratio, bound.toFixed(1)],
    ];
  };
  return [
    ...pair(`one route added to ${routes}`, bare.one, driver.add, floor.add, one),
    ...pair(`one of them withdrawn`, bare.one, driver.withdraw, floor.withdraw, one),
    ...pair(`${routes} from nothing`, bare.many, driver.nothing, floor.nothing, many),
  ];
}

function host(text: string): Prefix {
  return hostPrefix(address(text));
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(`no address: ${text}`);
  return parsed;
}
