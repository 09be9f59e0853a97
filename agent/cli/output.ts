// `-o`: the forms in which a command can answer.
import { stringify } from "yaml";
import { quote } from "../model/problem.ts";
import { usageError } from "./errors.ts";

export type OutputFormat = "table" | "wide" | "json" | "yaml";

const formats = ["table", "wide", "json", "yaml"] as const satisfies readonly OutputFormat[];

/** @throws {CommandError} for another word. */
export function parseFormat(text: string): OutputFormat {
  const format = formats.find((known) => known === text);
  if (format === undefined) throw usageError(`-o ${quote(text)}: must be one of ${formats.join(", ")}`);
  return format;
}

/** Two-space indent and a final newline in JSON; `tables` is asked only for the forms for people. */
export function render(format: OutputFormat, data: object, tables: (wide: boolean) => string): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(data, null, 2)}\n`;
    case "yaml":
      return stringify(data);
    case "table":
    case "wide":
      return tables(format === "wide");
  }
}
