// Which engine drives which node, and with which speaker.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EngineName } from "../../agent/config/engine-settings.ts";
import type { NodeName } from "./layout.ts";
import { Gobgp } from "./speaker-gobgp.ts";
import { BirdSpeaker } from "./speaker-bird.ts";
import { FrrSpeaker } from "./speaker-frr.ts";
import type { FrrForm } from "./speaker-frr.ts";
import type { Speaker } from "./speaker.ts";
import { netnsOf } from "./network.ts";
import type { LabState } from "./state.ts";

/** Of all nodes, or one engine on each. */
export type RackEngines = EngineName | "mixed";

/** Of a mixed rack. */
export const engineOn: Readonly<Record<NodeName, EngineName>> = { n1: "gobgp", n2: "frr", n3: "bird" };

/** Beside zebra and without: both ways to start FRR are in a rack that has it on all nodes. */
const frrForms: Readonly<Record<NodeName, FrrForm>> = { n1: "zebra", n2: "bgpd", n3: "bgpd" };

function engineOf(node: NodeName, engines: RackEngines): EngineName {
  return engines === "mixed" ? engineOn[node] : engines;
}

/** What there is to choose about speakers; null: the default. */
export interface SpeakerChoice {
  readonly engines: RackEngines;
  /** Folder of another gobgpd and gobgp. */
  readonly gobgp: string | null;
  readonly frr: FrrForm | null;
}

export function makeSpeaker(
  state: LabState,
  node: NodeName,
  { engines, gobgp, frr }: SpeakerChoice,
): Speaker {
  const directory = join(state.directory, node);
  mkdirSync(directory, { recursive: true });
  const options = { node, netns: netnsOf(state.prefix, node), directory };
  switch (engineOf(node, engines)) {
    case "gobgp":
      return new Gobgp(state, options, gobgp);
    case "frr":
      return new FrrSpeaker(state, options, frr ?? frrForms[node]);
    case "bird":
      return new BirdSpeaker(state, options);
  }
}
