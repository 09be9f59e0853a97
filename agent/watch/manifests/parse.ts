// The text of one file → its documents, or why it does not parse.
import { LineCounter, parseAllDocuments } from "yaml";
import { quote } from "../../model/problem.ts";
import { messageOf } from "../errors.ts";

export type Parsed =
  | { readonly t: "documents"; readonly documents: readonly unknown[] }
  /** `message` tells where, as line:column, and why. */
  | { readonly t: "broken"; readonly message: string };

/** Reads JSON, or YAML 1.2 with any number of documents; what JSON.parse takes never goes the slow way. */
export function parseText(text: string): Parsed {
  if (!/^\s*[{[]/.test(text)) return parseYaml(text);
  try {
    return { t: "documents", documents: [JSON.parse(text)] };
  } catch (error) {
    // Flow style YAML begins like JSON; for what is neither, the YAML parser knows the place.
    const parsed = parseYaml(text);
    const ours = /^\s*\{\s*[^"\s}]/.test(text) || text.includes("\n---");
    if (parsed.t === "broken" || ours) return parsed;
    return { t: "broken", message: `does not parse as JSON: ${reasonOf(error)}` };
  }
}

function parseYaml(text: string): Parsed {
  const lines = new LineCounter();
  const documents: unknown[] = [];
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter: lines,
      // The error's own text would show lines of the file, line breaks and all.
      prettyErrors: false,
      logLevel: "error",
      merge: true,
    });
    // Empty text gives an empty list with properties of a document.
    for (const document of Array.isArray(parsed) ? parsed : []) {
      const [error] = document.errors;
      if (error !== undefined) {
        const { line, col } = lines.linePos(error.pos[0]);
        return { t: "broken", message: `does not parse at ${line}:${col}: ${reasonOf(error)}` };
      }
      documents.push(document.toJS());
    }
  } catch (error) {
    // Thrown for aliases that multiply without measure.
    return { t: "broken", message: `does not parse: ${reasonOf(error)}` };
  }
  return { t: "documents", documents };
}

/** What is wrong, without what both parsers cite of the text after a colon or a comma: it may be a password. */
function reasonOf(error: unknown): string {
  const [reason = ""] = messageOf(error).split(/: |, |"/);
  return quote(reason);
}
