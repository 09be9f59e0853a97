// What is not announced, for people.
import type { Verdict } from "../model/verdict.ts";
import { table } from "./table.ts";

export function refusalTable(verdicts: readonly Verdict[]): string {
  return table(
    ["NOT ANNOUNCED", "REASON", "SERVICE"],
    verdicts
      .filter((verdict) => !verdict.announce)
      .map(({ address, reason, service }) => [address ?? "-", reason, service]),
  );
}
