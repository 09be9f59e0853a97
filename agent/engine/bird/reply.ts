// BIRD's answers on its control socket: lines with a four-digit code, as birdc reads them.
//
// `NNNN-text` is followed by more, `NNNN text` is the last line, ` text` goes on with the code of the line before, and
// `+text` comes in between on its own.

export interface ReplyLine {
  readonly code: number;
  readonly text: string;
}

/** One answer: never empty. */
export interface Reply {
  readonly lines: readonly ReplyLine[];
  /** Code of the last line, which tells how it went. */
  readonly code: number;
}

/** Puts together what comes in pieces. */
export class ReplyReader {
  readonly #overheard: (text: string) => void;
  #rest = "";
  #lines: ReplyLine[] = [];

  /** @param overheard told of lines that come in between: what BIRD logs, when it is asked to echo that */
  constructor(overheard: (text: string) => void) {
    this.#overheard = overheard;
  }

  /** @returns the answers that end within this piece */
  read(piece: string): readonly Reply[] {
    const parts = (this.#rest + piece).split("\n");
    this.#rest = parts.pop() ?? "";
    const replies: Reply[] = [];
    for (const part of parts) {
      if (!this.#readLine(part)) continue;
      const code = this.#lines.at(-1)?.code ?? 0;
      replies.push({ lines: this.#lines, code });
      this.#lines = [];
    }
    return replies;
  }

  /** Returns whether it was the last line of an answer. */
  #readLine(line: string): boolean {
    if (line.startsWith("+")) {
      this.#overheard(line.slice(1));
      return false;
    }
    const [, code, separator, text = ""] = /^([0-9]{4})([- ])(.*)$/s.exec(line) ?? [];
    if (code === undefined) {
      this.#lines.push({ code: this.#lines.at(-1)?.code ?? 0, text: line.slice(1) });
      return false;
    }
    this.#lines.push({ code: Number(code), text });
    return separator === " ";
  }
}

/** Everything after `of`: the texts of its lines with this code. */
export function textsOf({ lines }: Reply, code: number): readonly string[] {
  return lines.filter((line) => line.code === code).map(({ text }) => text);
}

/** All that it says, for messages. */
export function wordsOf({ lines }: Reply): string {
  return lines
    .map(({ text }) => text.trim())
    .filter((text) => text !== "")
    .join("; ");
}
