// The stand-in for kube-proxy where there is no cluster: follows the manifests, keeps the node's nftables in line.
import { readdirSync, watch } from "node:fs";
import { execa } from "execa";
import { ManifestDirectory } from "../cluster/directory.ts";
import { isNodeName } from "../rack/layout.ts";
import { ruleset } from "./ruleset.ts";
import { serviceTable } from "./service-table.ts";

/** Runs until it is killed. A manifest that cannot be read leaves the rules as they are, and is told of. */
export async function proxyStandIn(node: string, directory: string): Promise<void> {
  if (!isNodeName(node)) throw new Error(`"${node}" is no node of the rack`);
  const manifests = new ManifestDirectory(directory);
  let applied = "";
  const apply = async () => {
    const wanted = ruleset(serviceTable(manifests.objects(), node));
    if (wanted === applied) return;
    await execa("nft", ["-f", "-"], { input: wanted });
    applied = wanted;
    console.log(`${new Date().toISOString()} rules applied from ${readdirSync(directory).length} files`);
  };
  let wake = () => {};
  let changed = true;
  watch(directory, () => {
    changed = true;
    wake();
  });
  for (;;) {
    if (!changed) await new Promise<void>((resolve) => (wake = resolve));
    changed = false;
    try {
      await apply();
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
    }
  }
}
