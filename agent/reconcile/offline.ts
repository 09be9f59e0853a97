// A picture decided once, from scratch: what commands show without an agent.
import type { Cluster } from "../watch/cluster.ts";
import { Desired } from "./desired.ts";
import type { DesiredOptions } from "./desired.ts";
import { everything } from "./dirty-set.ts";

export function decideOnce(cluster: Cluster, options: DesiredOptions): Desired {
  const desired = new Desired(cluster, options);
  desired.refresh(everything);
  return desired;
}
