// Waiting for routes at the ToR, and words for who announces them.
import { isDeepStrictEqual } from "node:util";
import { nodeAddresses } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import type { Tor } from "../../lab/rack/tor.ts";
import { until } from "../support/until.ts";

/** Next hops in the ToR's kernel when exactly these nodes announce a prefix, in the order `tor.routes()` has them. */
export function nextHopsOf(nodes: readonly NodeName[], prefix: string): readonly string[] {
  const family = prefix.includes(":") ? "ipv6" : "ipv4";
  return nodes.map((node) => nodeAddresses[node][family]).sort();
}

/** Waits until the ToR's kernel reaches a prefix over exactly these nodes; none: until the route is gone. */
export function reachedOver(rack: Rack, prefix: string, nodes: readonly NodeName[]): Promise<void> {
  return kernelHas(rack.tor, prefix, nodes);
}

/** The same for one of two ToRs. */
export async function kernelHas(tor: Tor, prefix: string, nodes: readonly NodeName[]): Promise<void> {
  const expected = nextHopsOf(nodes, prefix);
  let seen: readonly string[] = [];
  await until(
    `${tor.name} reaches ${prefix} over ${nodes.join(", ") || "nobody"}`,
    async () => {
      seen = await tor.routes(prefix);
      if (!isDeepStrictEqual(seen, expected)) throw new Error(`it has ${seen.join(", ") || "no route"}`);
      return true;
    },
    { timeoutMs: 20_000 },
  );
}

/** How often sessions came up and went down, for "no session was touched". */
export async function sessionCounters(rack: Rack): Promise<unknown> {
  return rack.tor.sessions();
}

/** The verdict on an address of a service, as a node's agent tells it. */
export async function reasonOn(rack: Rack, node: NodeName, address: string): Promise<string | undefined> {
  const routes = await rack.node(node).agent.api("routes");
  if (typeof routes !== "object" || routes === null || !("verdicts" in routes))
    throw new Error("no verdicts");
  const { verdicts } = routes;
  if (!Array.isArray(verdicts)) throw new Error("verdicts is no list");
  const found: unknown = verdicts.find(
    (verdict: unknown) =>
      typeof verdict === "object" && verdict !== null && "address" in verdict && verdict.address === address,
  );
  return typeof found === "object" && found !== null && "reason" in found ? String(found.reason) : undefined;
}
