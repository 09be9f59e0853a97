// A real speaker on a node of its own, with BIRD as its top-of-rack router: two namespaces and a cable.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BgpInstance } from "../../../agent/engine/contract.ts";
import { defaultAsn } from "../../../agent/model/asn.ts";
import { plainSession } from "../../../agent/model/peer.ts";
import type { Peer } from "../../../agent/model/peer.ts";
import { runIn } from "../../support/netns.ts";
import { nodeAddress, nodeAndTor, torAddress } from "../../support/node-and-tor.ts";
import { birdWitness } from "./bird-witness.ts";
import type { EngineRig, Speaker } from "./conformance/rig.ts";
import { address, asn } from "./conformance/trial.ts";

/** Where a speaker under test lives. */
export interface SpeakersNode {
  readonly netns: string;
  /** Its own, empty. */
  readonly directory: string;
}

export type RealRig<S extends Speaker> = S &
  EngineRig & {
    /** Of the node. */
    readonly netns: string;
  };

/** Whatever the speaker, these are the addresses of the node and what the witness is to it. */
export const realOwn = {
  ipv4: address(nodeAddress.ipv4),
  ipv6: address(nodeAddress.ipv6),
  secondIpv4: address("192.168.1.11"),
};
export const realInstance: BgpInstance = { asn: defaultAsn, routerId: realOwn.ipv4, listenPort: 179 };

const plain = { port: 179, asn: defaultAsn, localAsn: defaultAsn, ...plainSession };
export const witnessPeers = {
  ipv4: { ...plain, name: "tor1", address: address(torAddress.ipv4) },
  ipv6: { ...plain, name: "tor2", address: address(torAddress.ipv6) },
  external: { ...plain, name: "tor3", address: address("192.168.1.3"), asn: asn(4_200_000_001) },
  distant: { ...plain, name: "tor4", address: address("192.168.99.1"), asn: asn(65_004), multihop: true },
} as const satisfies Record<string, Peer>;

let rigs = 0;

/** @param make not started yet, and with methods that do not need `this` */
export async function realRig<S extends Speaker>(
  make: (node: SpeakersNode) => S | Promise<S>,
): Promise<RealRig<S>> {
  const directory = mkdtempSync(join(tmpdir(), "bellman-engine-"));
  const machines = nodeAndTor(`bm-eng-${process.pid}-${++rigs}`);
  const { node, tor } = machines;
  const { external, distant, ...peers } = witnessPeers;
  const witness = birdWitness({
    directory: join(directory, "bird"),
    netns: { tor, node },
    own: realOwn,
    peers: [[peers.ipv4, peers.ipv6], [external], [distant]],
  });
  let speaker: S | null = null;
  const dispose = async () => {
    await speaker?.kill();
    await witness.stop();
    await machines.remove();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await machines.connect();
    await runIn(node, "ip", "address", "add", `${realOwn.secondIpv4}/24`, "dev", "eth0");
    await runIn(tor, "ip", "address", "add", `${external.address}/24`, "dev", "eth0");
    await runIn(tor, "ip", "address", "add", `${distant.address}/32`, "dev", "lo");
    await runIn(node, "ip", "route", "add", distant.address, "via", peers.ipv4.address);
    await witness.start();
    const home = join(directory, "speaker");
    mkdirSync(home);
    speaker = await make({ netns: node, directory: home });
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    ...speaker,
    instance: realInstance,
    own: realOwn,
    peers,
    external,
    distant,
    witness,
    netns: node,
    dispose,
  };
}
