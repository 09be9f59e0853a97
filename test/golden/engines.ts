// Every driver that writes files, with its files at their usual places and perhaps templates of a user's.
import { birdEngine } from "../../agent/engine/bird/engine.ts";
import { frrEngine } from "../../agent/engine/frr/engine.ts";
import type { FileEngine } from "../../agent/engine/rendering.ts";
import type { Overrides } from "../../agent/engine/templates/overrides.ts";

type MakeEngine = (templates?: Overrides) => FileEngine;

export const fileEngines: Readonly<Record<string, MakeEngine>> = {
  bird: (templates) =>
    birdEngine({
      socket: "/run/bird/bird.ctl",
      directory: "/etc/bird/bellman.d",
      ...(templates !== undefined && { templates }),
    }),
  frr: (overrides) =>
    frrEngine({
      sockets: "/var/run/frr",
      config: "/etc/frr/frr.conf",
      ...(overrides !== undefined && { overrides }),
    }),
};
