// CALICO_ADVERTISE_CLUSTER_IPS: Calico's old place for what is serviceClusterIPs today, read like that list.
import type { Problem } from "../model/problem.ts";
import { allowEntry } from "./allow-list.ts";
import { readCidr } from "./entries.ts";
import type { AllowEntry } from "./node-config.ts";
import { splitList } from "./settings-lists.ts";

const variable = "CALICO_ADVERTISE_CLUSTER_IPS";
const object = `Environment/${variable}`;

/** The entries of the variable, one CIDR or a comma list; null: it is not set, or says nothing. */
export function clusterIPsFromEnv(
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] | null {
  const texts = splitList(env[variable] ?? "").filter((text) => text !== "");
  return texts.length === 0 ? null : texts;
}

export interface ClusterIPsFromEnv {
  readonly entries: readonly AllowEntry[];
  readonly problems: readonly Problem[];
}

/** @param replaces whether serviceClusterIPs is written as well, and has no effect now */
export function readClusterIPsFromEnv(texts: readonly string[], replaces: boolean): ClusterIPsFromEnv {
  const problems: Problem[] = [];
  const tell = (field: string, severity: Problem["severity"], message: string) =>
    problems.push({ object, field, severity, message });
  const place = 'serviceClusterIPs of BGPConfiguration "default"';
  const meanwhile = replaces ? `${place} has no effect while it is set` : `write it as ${place}`;
  tell("", "warning", `this variable is deprecated; ${meanwhile}`);
  const entries = new Map<string, AllowEntry>();
  for (const [index, text] of texts.entries()) {
    const read = readCidr(text, `[${String(index)}]`, tell);
    if (read.t === "taken") entries.set(read.value, allowEntry(read.value));
    else if (read.t === "refused")
      for (const { field, says } of read.refusals) tell(field, "error", `${says}; this entry is left out`);
  }
  return { entries: [...entries.values()], problems };
}
