// What can be different from rack to rack: how many ToRs, what routes on them, and whose AS the nodes are in.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../test/support/paths.ts";
import { torAddresses } from "./layout.ts";
import type { TorName } from "./layout.ts";

export type RouterName = "frr" | "bird";

export interface RackShape {
  /** Router of the ToR, or of both. */
  readonly routers: readonly [RouterName] | readonly [RouterName, RouterName];
  /** Every node and every ToR in an AS of its own; otherwise all in one. */
  readonly ebgp: boolean;
  /** Changes what a ToR's router is configured with, before it starts. */
  readonly torConfig: (guide: string) => string;
}

/** The AS number of a ToR, as the files of `routerConfig` have it. */
export function torAsn(tor: TorName, ebgp: boolean): number {
  if (!ebgp) return 64512;
  return tor === "tor" ? 4_200_000_001 : 4_200_000_002;
}

/** What docs/guides/tor gives to configure a ToR with, as it is; for the second ToR with that one's address and AS. */
export function routerConfig(router: RouterName, tor: TorName, ebgp: boolean): string {
  const file = join(projectRoot, `docs/guides/tor/${router}-${ebgp ? "ebgp" : "ibgp"}.conf`);
  const text = readFileSync(file, "utf8");
  const own = (name: TorName) => torAddresses[name].rack.ipv4;
  return text
    .replace(/\b[0-9.]+\b/g, (word) => (word === own("tor") ? own(tor) : word))
    .replaceAll(String(torAsn("tor", ebgp)), String(torAsn(tor, ebgp)))
    .replace(/^hostname tor$/m, `hostname ${tor}`);
}

/** The ToR takes any IPv4 prefix, not only the ranges that lab/manifests has. */
export function takingAnyPrefix(config: string): string {
  return config.replace(/10\.49\.0\.0\/16(?= le 32|\+)/, "0.0.0.0/0");
}

/** The peers of such a rack's nodes, as manifests. */
export function peerManifests(tors: readonly TorName[], ebgp: boolean): readonly string[] {
  const folder = join(projectRoot, "lab/manifests/peers", ebgp ? "ebgp" : "ibgp");
  return tors.map((tor) => join(folder, `${tor}.yaml`));
}
