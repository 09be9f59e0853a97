// FRR's real daemons on a node of their own.
import { chmodSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { frrEngine } from "../../../agent/engine/frr/engine.ts";
import type { FrrOptions } from "../../../agent/engine/frr/engine.ts";
import { Frr } from "../../support/frr.ts";
import type { FileEngine } from "../../../agent/engine/rendering.ts";
import type { Speaker } from "./conformance/rig.ts";
import { realInstance, realRig } from "./real-rig.ts";
import type { RealRig } from "./real-rig.ts";

export interface FrrSpeaker extends Speaker {
  engine(): FileEngine;
  readonly frr: Frr;
}

export type FrrRig = RealRig<FrrSpeaker>;

export interface FrrRigOptions {
  /** Of the daemons. Default: those that the system has. */
  readonly folder?: string | undefined;
  /** Of the engine, beside where bgpd is. */
  readonly engine?: Partial<FrrOptions>;
  /** Does the agent keep the file that bgpd begins with? Default false. */
  readonly keepsFile?: boolean;
}

export async function frrRig({
  folder,
  engine = {},
  keepsFile = false,
}: FrrRigOptions = {}): Promise<FrrRig> {
  let started: Frr | null = null;
  const rig = await realRig(async (node): Promise<FrrSpeaker> => {
    // The daemons are not root, and have to pass to their sockets.
    chmodSync(dirname(node.directory), 0o711);
    const frr = new Frr({ ...node, ...(folder !== undefined && { folder }) });
    started = frr;
    await frr.startCompanions();
    const network = (prefix: string, no = "") =>
      frr.configure(
        `router bgp ${realInstance.asn}`,
        "no bgp network import-check",
        `address-family ${prefix.includes(":") ? "ipv6" : "ipv4"} unicast`,
        `${no}network ${prefix}`,
      );
    return {
      frr,
      takesAnotherInstance: true,
      remembers: keepsFile,
      medOfNone: 0,
      engine: () => frrEngine({ sockets: frr.sockets, config: keepsFile ? frr.config : null, ...engine }),
      start: () => frr.start(),
      kill: () => frr.kill(),
      terminate: () => frr.terminate(),
      freeze: () => frr.freeze(),
      thaw: () => frr.thaw(),
      wipe: () => {
        frr.wipe();
        return Promise.resolve();
      },
      written: () => (keepsFile ? readFileSync(frr.config, "utf8") : null),
      deleteRoute: async (prefix) => {
        await network(prefix, "no ");
      },
      addForeignRoute: async (prefix) => {
        await network(prefix);
      },
    };
  });
  return {
    ...rig,
    dispose: async () => {
      await started?.stop();
      await rig.dispose();
    },
  };
}
