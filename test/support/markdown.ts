// Tables of our own documentation, for tests that compare them with what is so.

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Every table of a page. */
export function tablesOf(text: string): readonly Table[] {
  const blocks = text
    .split(/\n(?!\|)/)
    .map((block) => block.split("\n").filter((line) => line.startsWith("|")));
  return blocks.flatMap((lines) => {
    const [head, , ...rows] = lines.map(cells);
    return head === undefined ? [] : [{ head, rows }];
  });
}

/** Within a cell `\|` is a bar. */
function cells(line: string): readonly string[] {
  const inner = line.replace(/^\|/, "").replace(/\|\s*$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

/** What stands as code in a cell. */
export function codeIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}
