// The difference of two plans for people, in the manner of diff: + announced, - withdrawn, ~ changed.
import { endpointText } from "../config/values.ts";
import { isEmptyDiff } from "../plan/diff.ts";
import type { FieldChange, PeerChange, PlanDiff } from "../plan/diff.ts";
import { problemTable } from "./problem-table.ts";
import { sections } from "./table.ts";

export function diffTable(diff: PlanDiff): string {
  const { node, routes, peers } = diff;
  if (isEmptyDiff(diff)) return sections(`${node}: no difference.\n`, problemTable(diff.problems));
  const announced = routes.announced.map(
    ({ prefix, reason, services }) => `+ ${prefix}  ${[reason, ...services].join(" ")}`,
  );
  const withdrawn = routes.withdrawn.map(
    ({ prefix, because }) =>
      `- ${prefix}  ${because.map(({ service, reason }) => `${reason} ${service}`).join(", ") || "nothing asks for it any more"}`,
  );
  const changed = routes.changed.map(({ prefix, changes }) => `~ ${prefix}  ${changesText(changes)}`);
  return sections(
    lines([...announced, ...withdrawn, ...changed]),
    lines([
      ...peers.added.map((peer) => `+ peer ${peer.name}  ${endpointText(peer)} AS ${peer.asn}`),
      ...peers.removed.map((peer) => `- peer ${peer.name}  ${endpointText(peer)} AS ${peer.asn}`),
      ...peers.changed.flatMap(peerLines),
    ]),
    problemTable(diff.problems),
  );
}

function peerLines({ name, changes, given, withheld, altered }: PeerChange): readonly string[] {
  return [
    ...(changes.length === 0 ? [] : [`~ peer ${name}  ${changesText(changes)}`]),
    ...given.map((prefix) => `+ ${prefix}  to peer ${name}, its filters let it through`),
    ...withheld.map((prefix) => `- ${prefix}  not to peer ${name}, its filters keep it back`),
    ...altered.map((prefix) => `~ ${prefix}  to peer ${name}, changed by its filters`),
  ];
}

function changesText(changes: readonly FieldChange[]): string {
  return changes.map(({ field, from, to }) => `${field} ${text(from)} → ${text(to)}`).join(", ");
}

function text(value: FieldChange["from"]): string {
  if (value === null) return "none";
  return typeof value === "object" ? `[${value.join(" ")}]` : String(value);
}

function lines(texts: readonly string[]): string {
  return texts.map((line) => `${line}\n`).join("");
}
