// Calico's selector language, first step: text → tokens, each with its place.

/** A fault in a selector: where, and what was expected there. */
export interface SelectorFault {
  /** Place of the fault in the text, counted in characters from 1. */
  readonly column: number;
  readonly says: string;
}

const symbols = ["==", "!=", "&&", "||", "!", "(", ")", "{", "}", ","] as const;

export type Punctuation = (typeof symbols)[number];

/** `word`: a label's name, or a part of an operator; only its place in a sentence tells which. */
export type Token =
  | { readonly t: "word" | "value"; readonly text: string; readonly column: number }
  | { readonly t: Punctuation | "end"; readonly column: number };

export type Tokens =
  | { readonly t: "tokens"; readonly tokens: readonly Token[] }
  | { readonly t: "fault"; readonly fault: SelectorFault };

/** As in Calico: what a label key may be made of, and a little more. */
const word = /[a-zA-Z0-9_./-]+/y;
const value = /'([^']*)'|"([^"]*)"/y;
const space = /[ \t\r\n]+/y;

/** The last token is always `end`. */
export function lex(text: string): Tokens {
  const tokens: Token[] = [];
  let at = 0;
  const taken = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at += match[0].length;
    return match;
  };
  for (;;) {
    taken(space);
    const column = at + 1;
    if (at >= text.length) return { t: "tokens", tokens: [...tokens, { t: "end", column }] };
    const name = taken(word);
    if (name !== null) {
      tokens.push({ t: "word", text: name[0], column });
      continue;
    }
    const quoted = taken(value);
    if (quoted !== null) {
      tokens.push({ t: "value", text: quoted[1] ?? quoted[2] ?? "", column });
      continue;
    }
    const symbol = symbols.find((candidate) => text.startsWith(candidate, at));
    if (symbol === undefined) return { t: "fault", fault: { column, says: strayText(text.charAt(at)) } };
    tokens.push({ t: symbol, column });
    at += symbol.length;
  }
}

function strayText(character: string): string {
  switch (character) {
    case "'":
    case '"':
      return "this quote is never closed";
    case "=":
    case "&":
    case "|":
      return `a single ${character} means nothing; ${character}${character} is expected`;
    default:
      return "this character means nothing outside quotes";
  }
}
