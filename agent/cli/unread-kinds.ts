// Objects in manifests that look meant for Bellman, and are not read: mistyped kinds, other groups, later kinds.
import { isRecord, objectName } from "../config/spec.ts";
import { didYouMean, nearest } from "../model/suggest.ts";
import { quote } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import { kindNames, kinds } from "../watch/kinds.ts";
import { parseText } from "../watch/manifests/parse.ts";
import type { ManifestText } from "../watch/manifests/read.ts";

const calicoGroups = ["projectcalico.org", "crd.projectcalico.org"];

/** Files that do not parse tell nothing here: they are a problem of their own. */
export function unreadKinds(texts: readonly ManifestText[]): readonly Problem[] {
  return texts.flatMap(({ text }) => {
    const parsed = parseText(text);
    return parsed.t === "broken" ? [] : parsed.documents.flatMap(expand).flatMap(problemOf);
  });
}

function expand(document: unknown): readonly unknown[] {
  if (!isRecord(document)) return [];
  const { kind, items } = document;
  return kind === "List" && Array.isArray(items) ? items : [document];
}

function problemOf(object: unknown): readonly Problem[] {
  if (!isRecord(object)) return [];
  const { kind, apiVersion, metadata } = object;
  if (typeof kind !== "string" || typeof apiVersion !== "string") return [];
  const message = whyUnread(kind, apiVersion);
  if (message === null) return [];
  const name = isRecord(metadata) && typeof metadata["name"] === "string" ? metadata["name"] : "";
  return [{ object: unreadName(kind, name), field: "", severity: "warning", message }];
}

/** null: it is read, or none of ours. */
function whyUnread(kind: string, apiVersion: string): string | null {
  const [group = "", version] = apiVersion.split("/");
  const calico = version !== undefined && calicoGroups.includes(group);
  const known = kindNames.find((name) => name === kind);
  if (known !== undefined) {
    const read = apiVersion === kinds[known].apiVersion || (calico && kinds[known].optional);
    if (read || !(calico || kinds[known].optional)) return null;
    return `${kind} is read from ${kinds[known].apiVersion}, not from ${quote(apiVersion)}: it has no effect`;
  }
  if (!calico) return null;
  if (nearest(kind, kindNames) === null && !/^bgp/i.test(kind)) return null;
  return `Bellman reads no kind ${quote(kind)}: it has no effect${didYouMean(kind, kindNames)}`;
}

function unreadName(kind: string, name: string): string {
  const safe = /^[A-Za-z]{1,63}$/.test(kind) ? kind : quote(kind);
  return `${safe}/${objectName({ kind: "BGPPeer", name }).slice("BGPPeer/".length)}`;
}
