// A real gobgpd on a node of its own.
import { gobgpEngine } from "../../../agent/engine/gobgp/engine.ts";
import { Gobgpd } from "../../support/gobgpd.ts";
import type { Speaker } from "./conformance/rig.ts";
import { realOwn, realRig } from "./real-rig.ts";
import type { RealRig } from "./real-rig.ts";

export interface GobgpSpeaker extends Speaker {
  readonly gobgpd: Gobgpd;
}

export type GobgpRig = RealRig<GobgpSpeaker>;

export interface GobgpRigOptions {
  /** Of gobgpd and gobgp. Default: those that the system has. */
  readonly folder?: string | undefined;
}

export function gobgpRig({ folder }: GobgpRigOptions = {}): Promise<GobgpRig> {
  return realRig(async (node) => {
    const gobgpd = new Gobgpd({ ...node, ...(folder !== undefined && { folder }) });
    const speaker: GobgpSpeaker = {
      gobgpd,
      // With API v4 to stop BGP is for good.
      takesAnotherInstance: Number((await gobgpd.version()).split(".")[0]) < 4,
      remembers: false,
      medOfNone: null,
      engine: () => gobgpEngine({ address: gobgpd.address }),
      start: () => gobgpd.start(),
      kill: () => gobgpd.kill(),
      terminate: () => gobgpd.terminate(),
      freeze: () => gobgpd.freeze(),
      thaw: () => gobgpd.thaw(),
      wipe: () => {
        gobgpd.wipe();
        return Promise.resolve();
      },
      written: () => null,
      deleteRoute: async (route) => {
        await gobgpd.command("global", "rib", "del", route);
      },
      addForeignRoute: async (route) => {
        await gobgpd.command("global", "rib", "add", route, "origin", "egp", "nexthop", realOwn.ipv4);
      },
    };
    return speaker;
  });
}
