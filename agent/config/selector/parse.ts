// Calico's selector language, second step: tokens → tree, by recursive descent.
//
//   either   = both { "||" both }
//   both     = single { "&&" single }
//   single   = { "!" } ( "(" either ")" | "all()" | "global()" | "has(" label ")" | label comparison )
//
// https://docs.tigera.io/calico/latest/reference/resources/networkpolicy#selectors; `!` binds closer than a comparison
// looks: `!a == 'b'` is the opposite of `a == 'b'`.
import { compareText, quote } from "../../model/problem.ts";
import { lex } from "./lexer.ts";
import type { SelectorFault, Punctuation, Token } from "./lexer.ts";
import type { Comparison, Selector } from "./selector.ts";

export type ParsedSelector =
  | { readonly t: "selector"; readonly selector: Selector }
  | { readonly t: "fault"; readonly fault: SelectorFault };

/** Longer or deeper is nobody's handwriting; without limits a hostile object could exhaust the stack. */
export const selectorLimits = { length: 4096, depth: 64 } as const;

/** Reads a selector; an empty one selects everything. Never throws. */
export function parseSelector(text: string): ParsedSelector {
  const { length } = selectorLimits;
  if (text.length > length)
    return fault({ column: length + 1, says: `a selector has ${length} characters at most` });
  const lexed = lex(text);
  if (lexed.t === "fault") return lexed;
  try {
    return { t: "selector", selector: new Parser(lexed.tokens).whole() };
  } catch (error) {
    if (error instanceof Unexpected) return fault(error.fault);
    throw error;
  }
}

/** Reads the value of a field; `says` tells what is wrong with it, for a message. */
export function readSelector(
  value: unknown,
):
  { readonly t: "selector"; readonly selector: Selector } | { readonly t: "invalid"; readonly says: string } {
  if (typeof value !== "string") return { t: "invalid", says: `${quote(value)} is not a selector` };
  const parsed = parseSelector(value);
  if (parsed.t === "selector") return parsed;
  const { column, says } = parsed.fault;
  return { t: "invalid", says: `${quote(value)} cannot be read at column ${column}: ${says}` };
}

function fault(said: SelectorFault): ParsedSelector {
  return { t: "fault", fault: said };
}

/** Ends the descent; does not leave this file. */
class Unexpected extends Error {
  override readonly name = "Unexpected";
  readonly fault: SelectorFault;

  constructor(told: SelectorFault) {
    super(told.says);
    this.fault = told;
  }
}

const comparison = "==, !=, in, not in, contains, starts with or ends with";

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Selector {
    if (this.#next().t === "end") return { t: "all" };
    const selector = this.#either();
    if (this.#next().t !== "end") throw this.#unexpected("&&, || or the end");
    return selector;
  }

  #either(): Selector {
    return this.#joined("or", "||", () => this.#joined("and", "&&", () => this.#single()));
  }

  #joined(t: "and" | "or", symbol: Punctuation, part: () => Selector): Selector {
    const parts = [part()];
    while (this.#takes(symbol)) parts.push(part());
    const operands = parts.flatMap((operand) => (operand.t === t ? operand.operands : [operand]));
    const [only] = operands;
    return operands.length === 1 && only !== undefined ? only : { t, operands };
  }

  #single(): Selector {
    let negated = false;
    while (this.#takes("!")) negated = !negated;
    const selector = this.#affirmed();
    return negated ? not(selector) : selector;
  }

  #affirmed(): Selector {
    const opening = this.#next();
    if (this.#takes("(")) {
      if (++this.#depth > selectorLimits.depth)
        throw new Unexpected({
          column: opening.column,
          says: `parentheses nest ${selectorLimits.depth} levels deep at most`,
        });
      const selector = this.#either();
      this.#expect(")", "&&, || or )");
      this.#depth--;
      return selector;
    }
    const word = this.#word();
    if (word === null) throw this.#unexpected("the name of a label, has(…), all(), ! or (");
    if (this.#next().t === "(" && (word === "all" || word === "global" || word === "has")) {
      this.#at++;
      const label = word === "has" ? this.#word() : null;
      if (word === "has" && label === null) throw this.#unexpected("the name of a label");
      this.#expect(")", ")");
      return label === null ? { t: "all" } : { t: "has", label };
    }
    return this.#comparison(word);
  }

  #comparison(label: string): Selector {
    if (this.#takes("==")) return this.#compared("equals", label);
    if (this.#takes("!=")) return not(this.#compared("equals", label));
    const start = this.#at;
    switch (this.#word()) {
      case "contains":
        return this.#compared("contains", label);
      case "startswith":
        return this.#compared("startsWith", label);
      case "endswith":
        return this.#compared("endsWith", label);
      case "starts":
        this.#keyword("with");
        return this.#compared("startsWith", label);
      case "ends":
        this.#keyword("with");
        return this.#compared("endsWith", label);
      case "in":
        return this.#set(label);
      case "notin":
        return not(this.#set(label));
      case "not":
        this.#keyword("in");
        return not(this.#set(label));
      default:
        this.#at = start;
        throw this.#unexpected(`${comparison} after the label ${quote(label)}`);
    }
  }

  #compared(t: Comparison, label: string): Selector {
    const token = this.#next();
    if (token.t !== "value") throw this.#unexpected("a value in quotes");
    this.#at++;
    return { t, label, value: token.text };
  }

  /** A comma may also stand behind the last value. */
  #set(label: string): Selector {
    this.#expect("{", "{ and values in quotes");
    const values = new Set<string>();
    for (let token = this.#next(); token.t === "value"; token = this.#next()) {
      values.add(token.text);
      this.#at++;
      if (!this.#takes(",")) break;
    }
    this.#expect("}", "a value in quotes, a comma or }");
    return { t: "in", label, values: [...values].sort(compareText) };
  }

  #next(): Token {
    return this.#tokens[this.#at] ?? { t: "end", column: 1 };
  }

  #takes(symbol: Punctuation): boolean {
    const takes = this.#next().t === symbol;
    if (takes) this.#at++;
    return takes;
  }

  #word(): string | null {
    const token = this.#next();
    if (token.t !== "word") return null;
    this.#at++;
    return token.text;
  }

  #keyword(word: string): void {
    const token = this.#next();
    if (token.t !== "word" || token.text !== word) throw this.#unexpected(`"${word}"`);
    this.#at++;
  }

  #expect(symbol: Punctuation, expected: string): void {
    if (!this.#takes(symbol)) throw this.#unexpected(expected);
  }

  #unexpected(expected: string): Unexpected {
    const token = this.#next();
    return new Unexpected({ column: token.column, says: `expected ${expected}, not ${shown(token)}` });
  }
}

function not(operand: Selector): Selector {
  return operand.t === "not" ? operand.operand : { t: "not", operand };
}

function shown(token: Token): string {
  if (token.t === "end") return "the end";
  return token.t === "word" || token.t === "value" ? quote(token.text) : token.t;
}
