// Cuts a stream of bytes into lines; what is left of one line waits for the rest of it.
import { WatchError } from "../errors.ts";

const newline = 0x0a;

export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #maxBytes: number;
  #rest: Buffer[] = [];
  #restBytes = 0;

  /** @param onLine called for each line, without its end; empty lines are left out */
  constructor(maxBytes: number, onLine: (line: string) => void) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
  }

  /** Bytes of a line that has not ended yet. */
  get pendingBytes(): number {
    return this.#restBytes;
  }

  /** @throws {WatchError} `malformed` when a line is too long; what `onLine` throws. */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      this.#check(end - start);
      const line =
        this.#rest.length === 0 ? chunk.toString("utf8", start, end) : this.#join(chunk, start, end);
      start = end + 1;
      if (line !== "") this.#onLine(line);
    }
    if (start === chunk.length) return;
    this.#check(chunk.length - start);
    this.#rest.push(chunk.subarray(start));
    this.#restBytes += chunk.length - start;
  }

  #join(chunk: Buffer, start: number, end: number): string {
    const line = Buffer.concat([...this.#rest, chunk.subarray(start, end)]).toString("utf8");
    this.#rest = [];
    this.#restBytes = 0;
    return line;
  }

  #check(moreBytes: number): void {
    if (this.#restBytes + moreBytes > this.#maxBytes)
      throw new WatchError("malformed", `a line is longer than ${this.#maxBytes} bytes`);
  }
}
