// Problems for people.
import type { Problem } from "../model/problem.ts";
import { table } from "./table.ts";

export function problemTable(problems: readonly Problem[]): string {
  return table(
    ["PROBLEM", "OBJECT", "FIELD", "MESSAGE"],
    problems.map(({ severity, object, field, message }) => [severity, object, field || "-", message]),
  );
}
