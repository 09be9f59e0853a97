// Reads a configuration of BIRD as its lexer and grammar do, into kinds of statements: what values are, they do not tell.

interface Token {
  readonly t: "word" | "sign" | "text";
  readonly text: string;
}

/** As BIRD's cf-lex.l: comments are passed over, a text ends at a quotation mark or not at all. */
function* tokens(text: string): Iterable<Token> {
  const pattern = /\s+|#[^\n]*|\/\*[^]*?\*\/|("[^"\n]*")|([A-Za-z0-9_.:/]+|'[^'\n]*')|([^])/gu;
  for (const [, quoted, word, sign] of text.matchAll(pattern)) {
    if (quoted !== undefined) yield { t: "text", text: quoted };
    else if (word !== undefined) yield { t: "word", text: word };
    else if (sign !== undefined) yield { t: "sign", text: sign };
  }
}

/** `protocol bgp NAME > hold time N`; statements end with `;` or are blocks. */
export function birdStatements(text: string): readonly string[] {
  const kinds: string[] = [];
  const blocks: string[] = [];
  let said: string[] = [];
  const end = () => {
    if (said.length > 0) kinds.push([...blocks, said.join(" ")].join(" > "));
    said = [];
  };
  for (const token of tokens(text)) {
    if (token.text === "{") {
      const head = said.join(" ");
      end();
      blocks.push(head);
    } else if (token.text === "}") {
      end();
      // A block more is closed than was opened.
      if (blocks.pop() === undefined) kinds.push("}");
    } else if (token.text === ";") end();
    else said.push(token.t === "text" ? "TEXT" : token.t === "word" ? wordKind(token.text) : token.text);
  }
  end();
  return [...kinds, ...blocks.map((block) => `${block} > (open)`)];
}

function wordKind(word: string): string {
  if (/^bellman_?[A-Za-z0-9_]*$/.test(word)) return "NAME";
  if (/^[0-9]+$/.test(word)) return "N";
  if (/^[0-9.]+\/[0-9]+$|^[0-9a-f:]+\/[0-9]+$/.test(word)) return "PREFIX";
  if (/^[0-9]+(?:\.[0-9]+){3}$|^[0-9a-f]*:[0-9a-f:]*$/.test(word)) return "ADDRESS";
  return word;
}
