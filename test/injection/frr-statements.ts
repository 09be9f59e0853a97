// Reads a configuration of FRR as bgpd does, line by line, into kinds of statements: what values are, they do not tell.

/** `neighbor A remote-as N`; lines inside a block begin with the head of it. */
export function frrStatements(text: string): readonly string[] {
  return statementsBy(text, kindOf);
}

/** The same with their values: `router bgp 64512 > neighbor 192.168.1.1 remote-as 65001`. */
export function frrLines(text: string): readonly string[] {
  return statementsBy(text, (words) => words.join(" "));
}

function statementsBy(text: string, tell: (words: readonly string[]) => string): readonly string[] {
  const kinds: string[] = [];
  let block: readonly string[] = [];
  // What ends a line for bgpd (fgets), and what parts words (isspace in the C locale).
  for (const line of text.split("\n")) {
    const words = line.split(/[ \t\v\f\r]+/).filter((word) => word !== "");
    const [first = "!"] = words;
    if (first.startsWith("!") || first.startsWith("#")) continue;
    const kind = tell(words);
    if (first === "exit" || first === "exit-address-family") block = block.slice(0, -1);
    else if (first === "route-map" || first === "router") block = [kind];
    else if (first === "address-family") block = [...block, kind];
    kinds.push([...(block.at(-1) === kind ? block.slice(0, -1) : block), kind].join(" > "));
  }
  return kinds;
}

/** A description goes on to the end of the line; a password is one word, and whatever follows it is a statement's own. */
function kindOf(words: readonly string[]): string {
  const text = words.findIndex((word) => word === "description");
  const said = text < 0 ? words : words.slice(0, text + 1);
  const kinds = said.map((word, index) => (said[index - 1] === "password" ? "TEXT" : wordKind(word)));
  // Lists: of how many does not matter.
  return kinds
    .filter((kind, index) => !/^(?:N|COMMUNITY)$/.test(kind) || kind !== kinds[index - 1])
    .join(" ");
}

function wordKind(word: string): string {
  if (/^BELLMAN[-A-Za-z0-9.:]*$/.test(word)) return "NAME";
  if (/^[0-9]+$/.test(word)) return "N";
  if (/^[0-9]+(?::[0-9]+)?:[0-9]+$/.test(word)) return "COMMUNITY";
  if (/^[0-9.]+\/[0-9]+$|^[0-9a-f:]+\/[0-9]+$/.test(word)) return "PREFIX";
  if (/^[0-9]+(?:\.[0-9]+){3}$|^[0-9a-f]*:[0-9a-f:]*$/.test(word)) return "ADDRESS";
  return word;
}
