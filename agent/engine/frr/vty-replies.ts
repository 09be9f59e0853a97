// Takes bgpd's answers out of a stream: text, three NUL bytes, and a byte that says how it went.

export interface VtyReply {
  readonly text: string;
  readonly status: number;
}

/** What a command came to (FRR's lib/command.h), as far as it matters. */
export const vtyStatus = { success: 0, warning: 1 } as const;

/** No answer of bgpd comes near it: what does is not from bgpd. */
const maxBytes = 256 * 1024 * 1024;

export class VtyReplies {
  #chunks: Buffer[] = [];
  #size = 0;
  /** NUL bytes at the end of what was received so far, without an answer being complete. */
  #zeros = 0;

  /** @throws {RangeError} when an answer does not end. */
  push(chunk: Buffer): readonly VtyReply[] {
    const replies: VtyReply[] = [];
    let begin = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (this.#zeros === 3) {
        this.#chunks.push(chunk.subarray(begin, at));
        const text = Buffer.concat(this.#chunks);
        replies.push({ text: text.subarray(0, -3).toString("utf8"), status: chunk[at] ?? 0 });
        this.#chunks = [];
        this.#size = 0;
        this.#zeros = 0;
        begin = at + 1;
        continue;
      }
      if (chunk[at] === 0) this.#zeros++;
      else {
        this.#zeros = 0;
        // Text: the next byte of interest is a NUL.
        const zero = chunk.indexOf(0, at);
        at = (zero < 0 ? chunk.length : zero) - 1;
      }
    }
    if (begin < chunk.length) {
      this.#chunks.push(chunk.subarray(begin));
      this.#size += chunk.length - begin;
      if (this.#size > maxBytes) throw new RangeError("an answer does not end");
    }
    return replies;
  }
}
