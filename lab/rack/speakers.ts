// Which engine drives which node, and with which speaker.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { NodeName } from "./layout.ts";
import { Gobgp } from "./speaker-gobgp.ts";
import { BirdSpeaker } from "./speaker-bird.ts";
import { FrrSpeaker } from "./speaker-frr.ts";
import type { FrrForm } from "./speaker-frr.ts";
import type { EngineName, Speaker } from "./speaker.ts";
import { netnsOf } from "./network.ts";
import type { LabState } from "./state.ts";

/** Of all nodes, or one engine on each. */
export type RackEngines = EngineName | "mixed";

const mixed: Readonly<Record<NodeName, EngineName>> = { n1: "gobgp", n2: "frr", n3: "bird" };

/** Both ways to start FRR are in every rack that has it on two nodes, and the one without zebra in every other. */
const frrForms: Readonly<Record<NodeName, FrrForm>> = { n1: "zebra", n2: "bgpd", n3: "bgpd" };

export function engineOf(node: NodeName, engines: RackEngines): EngineName {
  return engines === "mixed" ? mixed[node] : engines;
}

export function makeSpeaker(
  state: LabState,
  node: NodeName,
  engines: RackEngines,
  gobgpFolder: string | null,
): Speaker {
  const directory = join(state.directory, node);
  mkdirSync(directory, { recursive: true });
  const options = { node, netns: netnsOf(state.prefix, node), directory };
  switch (engineOf(node, engines)) {
    case "gobgp":
      return new Gobgp(state, options, gobgpFolder);
    case "frr":
      return new FrrSpeaker(state, options, frrForms[node]);
    case "bird":
      return new BirdSpeaker(state, options);
  }
}
