// Reads a scenario file's YAML; whatever is wrong is told with file and line.
import { relative } from "node:path";
import { isNode, LineCounter, parseDocument } from "yaml";
import type { Document } from "yaml";
import { projectRoot } from "../support/paths.ts";

export type Path = readonly (string | number)[];
export type Fields = Readonly<Record<string, unknown>>;

/** `message` begins with `file:line: `. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export class ScenarioReader {
  readonly document: Document;
  readonly #file: string;
  readonly #lines = new LineCounter();

  /** @throws {ScenarioError} when the text is no YAML. */
  constructor(file: string, text: string) {
    this.#file = relative(projectRoot, file);
    this.document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const [error] = this.document.errors;
    if (error !== undefined)
      throw new ScenarioError(`${this.#file}:${this.#lines.linePos(error.pos[0]).line}: ${error.message}`);
  }

  /** `file:line` of what is at a path, or of the nearest thing around it. */
  place(path: Path): string {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? this.document.contents : this.document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range != null)
        return `${this.#file}:${this.#lines.linePos(node.range[0]).line}`;
    }
    return `${this.#file}:1`;
  }

  fail(path: Path, message: string): never {
    throw new ScenarioError(`${this.place(path)}: ${message}`);
  }

  /** @param known the fields that there are; empty: any. */
  fields(value: unknown, path: Path, known: readonly string[] = []): Fields {
    if (value === undefined || value === null) return {};
    if (!isFields(value)) return this.fail(path, "fields are expected here (name: value)");
    for (const name of Object.keys(value))
      if (known.length > 0 && !known.includes(name))
        this.fail([...path, name], `there is no field "${name}" here; there are ${known.join(", ")}`);
    return value;
  }

  list(value: unknown, path: Path): readonly unknown[] {
    if (value === undefined || value === null) return [];
    return Array.isArray(value) ? value : this.fail(path, "a list is expected here");
  }

  text(value: unknown, path: Path): string {
    return typeof value === "string" && value !== "" ? value : this.fail(path, "a text is expected here");
  }
}
