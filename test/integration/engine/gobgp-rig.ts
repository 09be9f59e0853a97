// A real gobgpd on a node of its own, with BIRD as its top-of-rack router: two namespaces and a cable.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BgpInstance } from "../../../agent/engine/contract.ts";
import { gobgpEngine } from "../../../agent/engine/gobgp/engine.ts";
import { defaultAsn } from "../../../agent/model/asn.ts";
import type { Asn } from "../../../agent/model/asn.ts";
import { plainSession } from "../../../agent/model/peer.ts";
import type { Address } from "../../../agent/model/address.ts";
import type { Peer } from "../../../agent/model/peer.ts";
import { BirdPeer } from "../../support/bird-peer.ts";
import { Gobgpd } from "../../support/gobgpd.ts";
import { runIn } from "../../support/netns.ts";
import { nodeAddress, nodeAndTor, torAddress } from "../../support/node-and-tor.ts";
import { until } from "../../support/until.ts";
import type { EngineRig } from "./conformance/rig.ts";
import { address } from "./conformance/trial.ts";

export interface GobgpRig extends EngineRig {
  readonly gobgpd: Gobgpd;
  readonly bird: BirdPeer;
  /** Of the node. */
  readonly netns: string;
}

export interface GobgpRigOptions {
  /** Of gobgpd and gobgp. Default: those that the system has. */
  readonly folder?: string | undefined;
  /** Of the witness. Default the node's own: iBGP. */
  readonly peerAsn?: Asn;
  /** The node's on the IPv6 session. Default that of its instance. */
  readonly ipv6LocalAsn?: Asn;
  /** Of the witness's IPv4 session, in BIRD's words. */
  readonly options?: string;
  /** Where the witness expects the node's IPv4 session from. Default its first address. */
  readonly from?: Address;
}

const own = { ipv4: address(nodeAddress.ipv4), ipv6: address(nodeAddress.ipv6) };
/** The node's other one. */
export const secondAddress = address("192.168.1.11");
const tor = { ipv4: address(torAddress.ipv4), ipv6: address(torAddress.ipv6) };
const instance: BgpInstance = { asn: defaultAsn, routerId: own.ipv4, listenPort: 179 };

let rigs = 0;

export async function gobgpRig({
  folder,
  peerAsn = defaultAsn,
  ipv6LocalAsn = defaultAsn,
  options = "",
  from = own.ipv4,
}: GobgpRigOptions = {}): Promise<GobgpRig> {
  const directory = mkdtempSync(join(tmpdir(), "bellman-engine-"));
  const machines = nodeAndTor(`bm-eng-${process.pid}-${++rigs}`);
  const gobgpd = new Gobgpd({
    netns: machines.node,
    directory: join(directory, "gobgpd"),
    ...(folder !== undefined && { folder }),
  });
  const bird = new BirdPeer({
    netns: machines.tor,
    directory: join(directory, "bird"),
    routerId: tor.ipv4,
    asn: peerAsn,
    neighbours: [
      { name: "tor1", address: from, asn: instance.asn, options },
      { name: "tor2", address: own.ipv6, asn: ipv6LocalAsn },
    ],
  });
  const dispose = async () => {
    await gobgpd.kill();
    await bird.stop();
    await machines.remove();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await machines.connect();
    await runIn(machines.node, "ip", "address", "add", `${secondAddress}/24`, "dev", "eth0");
    await bird.start();
  } catch (error) {
    await dispose();
    throw error;
  }

  const received = async () =>
    (await gobgpd.command("neighbor", tor.ipv4, "adj-in")).split("\n").filter((line) => /\d\/\d/.test(line))
      .length;
  const plain = { port: 179, asn: peerAsn, localAsn: instance.asn, ...plainSession };
  const peers = {
    ipv4: { ...plain, name: "tor1", address: tor.ipv4 },
    ipv6: { ...plain, name: "tor2", address: tor.ipv6, localAsn: ipv6LocalAsn },
  };
  return {
    instance,
    own,
    peers,
    gobgpd,
    bird,
    netns: machines.node,
    // With API v4 to stop BGP is for good.
    takesAnotherInstance: Number((await gobgpd.version()).split(".")[0]) < 4,
    witness: {
      // Its sessions are called as the peers are.
      routes: (peer: Peer) => bird.routes(peer.name),
      mark: () => bird.mark(),
      events: (peer) =>
        bird
          .events()
          .filter(({ session }) => peer === undefined || session === peer.name)
          .map(({ t, prefix: text }) => ({ t, prefix: text })),
      send: async (prefixes) => {
        await bird.send(prefixes);
        if (prefixes.length > 0)
          await until("gobgpd has got them", async () => (await received()) >= prefixes.length);
      },
    },
    engine: () => gobgpEngine({ address: gobgpd.address }),
    start: () => gobgpd.start(),
    kill: () => gobgpd.kill(),
    freeze: () => gobgpd.freeze(),
    thaw: () => gobgpd.thaw(),
    deleteRoute: async (route) => {
      await gobgpd.command("global", "rib", "del", route);
    },
    addForeignRoute: async (route) => {
      await gobgpd.command("global", "rib", "add", route, "origin", "egp", "nexthop", own.ipv4);
    },
    dispose,
  };
}
