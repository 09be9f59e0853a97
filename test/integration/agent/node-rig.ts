// A node with an agent and a real gobgpd, and BIRD as its top-of-rack router: two namespaces and a cable.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { at } from "../../../lab/rack/json.ts";
import { BirdPeer } from "../../support/bird-peer.ts";
import type { BirdNeighbour } from "../../support/bird-peer.ts";
import { startDaemon } from "../../support/daemon.ts";
import type { Daemon } from "../../support/daemon.ts";
import { Gobgpd } from "../../support/gobgpd.ts";
import { run, runIn } from "../../support/netns.ts";
import { nodeAddress, nodeAndTor, torAddress } from "../../support/node-and-tor.ts";
import { projectRoot } from "../../support/paths.ts";

export const asn = 64512;
const http = "127.0.0.1:9179";

export interface NodeRig {
  readonly directory: string;
  readonly gobgpd: Gobgpd;
  readonly bird: BirdPeer;
  /** Of the node. */
  readonly netns: string;
  /** Log of the agents. */
  readonly log: string;
  /** File that the agents follow. */
  readonly manifest: string;
  /** Starts `bellman agent` on the node. */
  agent(...flags: readonly string[]): Daemon;
  /** What the running agent answers to GET /api/v1/NAME. @throws when none answers. */
  api(name: string): Promise<unknown>;
  /** Another BIRD on the node, as a network plugin may have. */
  plugin(): BirdPeer;
  dispose(): Promise<void>;
}

export interface NodeRigOptions {
  /** Of gobgpd and gobgp. Default: those that the system has. */
  readonly folder?: string | undefined;
  /** What the ToR expects. Default the node's AS over either family, and nothing special. */
  readonly neighbours?: readonly BirdNeighbour[];
}

const plainNeighbours: readonly BirdNeighbour[] = [
  { name: "over4", address: nodeAddress.ipv4, asn },
  { name: "over6", address: nodeAddress.ipv6, asn },
];

/** @param objects that the agents find beside their own Node, which has these addresses */
export async function nodeRig(
  prefix: string,
  addresses: readonly string[],
  objects: readonly object[],
  { folder, neighbours = plainNeighbours }: NodeRigOptions = {},
): Promise<NodeRig> {
  await run(process.execPath, join(projectRoot, "build.mjs"), "--if-stale", "bellman");
  const directory = mkdtempSync(join(tmpdir(), "bellman-node-"));
  const machines = nodeAndTor(prefix);
  const manifests = join(directory, "manifests");
  mkdirSync(manifests);
  const status = { addresses: addresses.map((address) => ({ type: "InternalIP", address })) };
  const ownNode = { apiVersion: "v1", kind: "Node", metadata: { name: "n1" }, status };
  const manifest = join(manifests, "all.yaml");
  writeFileSync(manifest, [ownNode, ...objects].map((each) => stringify(each)).join("---\n"));

  const router = (name: string, netns: string, routerId: string, neighbours: readonly BirdNeighbour[]) =>
    new BirdPeer({ netns, directory: join(directory, name), routerId, asn, neighbours });
  const gobgpd = new Gobgpd({
    netns: machines.node,
    directory: join(directory, "gobgpd"),
    ...(folder !== undefined && { folder }),
  });
  const bird = router("bird", machines.tor, torAddress.ipv4, neighbours);
  /** Ended in reverse. */
  const started: { stop(): Promise<unknown> }[] = [bird, { stop: () => gobgpd.kill() }];
  const log = join(directory, "agent.log");
  const dispose = async () => {
    for (const each of started.reverse()) await each.stop();
    await machines.remove();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await machines.connect();
    await bird.start();
    await gobgpd.start();
  } catch (error) {
    await dispose();
    throw error;
  }
  const settings = ["--node-name", "n1", "--manifests", manifests, "--http", http, "--log-format", "json"];
  return {
    directory,
    gobgpd,
    bird,
    netns: machines.node,
    log,
    manifest,
    agent: (...flags) => {
      const program = [process.execPath, join(projectRoot, "dist/bellman.mjs"), "agent"];
      const argv = [...program, ...settings, "--gobgp-address", gobgpd.address, ...flags];
      const daemon = startDaemon("agent", argv, { netns: machines.node, log });
      started.push(daemon);
      return daemon;
    },
    api: async (name) => {
      const get = [process.execPath, join(projectRoot, "lab/get.mjs"), `http://${http}/api/v1/${name}`];
      const answer: unknown = JSON.parse(await runIn(machines.node, ...get));
      const found: unknown = JSON.parse(String(at(answer, "body")));
      return found;
    },
    plugin: () => {
      // Its neighbour is another node; nobody answers there.
      const plugin = router("plugin", machines.node, nodeAddress.ipv4, [
        { name: "mesh", address: "192.168.1.11", asn },
      ]);
      started.push(plugin);
      return plugin;
    },
    dispose,
  };
}
