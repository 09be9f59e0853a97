import { readFileSync } from "node:fs";
import { expect, it, test } from "vitest";
import { announceReasons, reasonSentence, refusalReasons } from "./reason.ts";
import type { Reason } from "./reason.ts";

const page = readFileSync(new URL("../../docs/reference/decisions.md", import.meta.url), "utf8");

/** The words that have an entry of their own, in the part that begins with this heading. */
function entries(heading: string): readonly string[] {
  const [, part = ""] = page.split(`## ${heading}\n`);
  const [entries = ""] = part.split("\n## ");
  return [...entries.matchAll(/^### `(\w+)`\n\n\S/gm)].map(([, word]) => word ?? "");
}

test.each([
  ["Reasons: announced", announceReasons],
  ["Reasons: not announced", refusalReasons],
])(
  "docs/reference/decisions.md, %s: every reason has an entry, and no other word has",
  (heading, reasons) => {
    expect(entries(heading)).toEqual(Object.keys(reasons));
  },
);

it("has a sentence for each reason", () => {
  const reasons: readonly Reason[] = ["Aggregate", "NotSynced"];
  expect(reasons.map(reasonSentence)).toEqual([announceReasons.Aggregate, refusalReasons.NotSynced]);
});
