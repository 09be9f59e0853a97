// Plain columns for people.

/** Rows under a header, columns as wide as their widest cell, two blanks between. No rows: the empty text. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** Parts with an empty line between them; empty ones are left out. */
export function sections(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}
