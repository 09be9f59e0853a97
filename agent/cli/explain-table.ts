// An explanation for people: the answer, the way to it, and what would change it.
import type { Step } from "../decide/explain.ts";
import { addressFields } from "../decide/explain-facts.ts";
import type { Explanation, OwnerExplanation, PrefixExplanation } from "../reconcile/explanation.ts";
import { problemTable } from "./problem-table.ts";
import { sections } from "./table.ts";

/** @param wide with every gate that was passed, also those that the service as a whole passed. */
export function explainTable(explanation: Explanation, wide: boolean): string {
  const { summary, nodeState, prefixes, problems } = explanation;
  return sections(
    `${summary}\n`,
    ...prefixes.map((each) => prefixText(each, wide)),
    prefixes.length === 0 ? lines(nodeState) : "",
    problemTable(problems),
  );
}

function prefixText(it: PrefixExplanation, wide: boolean): string {
  const why = it.reason === null ? it.says : `${it.reason}: ${it.says}`;
  return lines([
    `${it.prefix ?? "no address"}  ${it.announced ? "announced" : "not announced"}  ${why}`,
    ...it.owners.flatMap((owner) => ownerLines(owner, wide)),
    ...it.entries.map(
      ({ place, prefix, announced, says }) =>
        `  list: ${place} ${prefix}, ${announced ? "announced" : "not announced"}: ${says}`,
    ),
    ...it.attributes.map(({ attribute, value, from }) => `  ${attribute} ${value}: ${from.join("; ")}`),
    ...(it.announced ? [`  peers: ${it.peers.join(", ") || "none, no session of this node gets it"}`] : []),
    ...it.filtered.map(({ peer, sent, says }) => `  ${sent ? "to" : "not to"} ${peer}: ${says}`),
    ...(it.held === null || !it.announced
      ? []
      : [`  speaker: ${it.held ? "holds it" : "does not hold it (yet)"}`]),
    ...it.next.map((step) => `  next: ${step}`),
  ]);
}

function ownerLines(owner: OwnerExplanation, wide: boolean): readonly string[] {
  const field = owner.source === null ? "" : ` ${addressFields[owner.source]}`;
  const answer = `${owner.announce ? "yes" : "no"}, ${owner.reason}`;
  const steps = owner.steps.filter((step) => wide || isTelling(step));
  return [
    `  Service/${owner.service}${field}: ${answer}`,
    ...steps.flatMap(({ facts, refused }) =>
      (facts.length === 0 ? (refused === null ? [] : [refused]) : facts).map(
        (fact) => `    ${refused === null ? "+" : "-"} ${fact}`,
      ),
    ),
  ];
}

/** What every service passes is told only when one did not. */
const ordinary: ReadonlySet<Step["gate"]> = new Set([
  "headless",
  "externalName",
  "deleting",
  "proxy",
  "address",
  "optOut",
  "ipMode",
  "class",
  "reserved",
  "configured",
] satisfies readonly Step["gate"][]);

function isTelling({ gate, refused }: Step): boolean {
  return refused !== null || !ordinary.has(gate);
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}
