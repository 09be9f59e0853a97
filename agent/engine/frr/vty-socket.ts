// bgpd's own socket, the way vtysh speaks to it: commands that end in a NUL byte, any number of them at once, and an
// answer for each in the same order.
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Clock } from "../../time/clock.ts";
import { EngineError } from "../contract.ts";
import { VtyReplies, vtyStatus } from "./vty-replies.ts";
import type { VtyReply } from "./vty-replies.ts";
import { oneLine } from "./vty.ts";
import type { RefusedLine, Vty, VtyEnded } from "./vty.ts";

/** How long bgpd may say nothing while it has something to answer. */
const silenceMs = 3_000;

export interface VtySocketOptions {
  /** Of the socket. */
  readonly path: string;
  readonly clock: Clock;
  readonly ended: VtyEnded;
}

/** Something that speaks, but not as bgpd does. */
export class VtyDialectError extends EngineError {
  override readonly name = "VtyDialectError";

  constructor(path: string, options?: { cause?: unknown }) {
    super("refused", `what listens at ${path} does not answer as bgpd does`, options);
  }
}

/** Commands that were sent together, and the answers that have come. */
interface Batch {
  readonly size: number;
  readonly replies: VtyReply[];
  readonly resolve: (replies: readonly VtyReply[]) => void;
  readonly reject: (error: EngineError) => void;
}

export class VtySocket implements Vty {
  readonly #options: VtySocketOptions;
  readonly #socket: Socket;
  readonly #replies = new VtyReplies();
  /** In the order in which they were sent. */
  readonly #batches: Batch[] = [];
  #end: EngineError | null = null;
  /** It has answered as bgpd does. */
  #known = false;
  #cancelSilence: () => void = () => undefined;

  private constructor(socket: Socket, options: VtySocketOptions) {
    this.#options = options;
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#received(chunk));
    socket.on("error", (error) => this.#lose(this.#gone(error)));
    socket.on("close", () => this.#lose(this.#gone()));
  }

  /** @throws {EngineError} `unreachable`, `timeout`; a {@link VtyDialectError} when something else listens there. */
  static async open(options: VtySocketOptions, signal: AbortSignal): Promise<VtySocket> {
    const socket = await dial(options, signal);
    const vty = new VtySocket(socket, options);
    const abort = () => vty.close();
    signal.addEventListener("abort", abort, { once: true });
    try {
      const [reply] = await vty.#send(["enable"]);
      if (reply?.status !== vtyStatus.success || reply.text !== "") throw new VtyDialectError(options.path);
      vty.#known = true;
      return vty;
    } catch (error) {
      vty.close();
      // It hung up instead of answering.
      if (error instanceof EngineError && error.code === "unreachable" && !signal.aborted)
        throw new VtyDialectError(options.path, { cause: error });
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async show(command: string): Promise<string> {
    const [reply] = await this.#send([command]);
    if (reply === undefined || reply.status > vtyStatus.warning)
      throw new EngineError("refused", `bgpd refused "${command}": ${oneLine(reply?.text ?? "")}`);
    return reply.text;
  }

  async configure(lines: readonly string[]): Promise<readonly RefusedLine[]> {
    if (lines.length === 0) return [];
    const replies = await this.#send(["configure terminal", ...lines, "end"]);
    return replies.slice(1, -1).flatMap(({ status, text }, index): readonly RefusedLine[] => {
      const line = lines[index] ?? "";
      return status !== vtyStatus.success ? [{ index, line, says: oneLine(text) }] : [];
    });
  }

  close(): void {
    this.#finish(new EngineError("unreachable", `the link to bgpd at ${this.#options.path} is closed`));
  }

  #send(commands: readonly string[]): Promise<readonly VtyReply[]> {
    if (this.#end !== null) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#batches.push({ size: commands.length, replies: [], resolve, reject });
      if (this.#batches.length === 1) this.#expectWords();
      this.#socket.write(commands.map((command) => `${command}\0`).join(""));
    });
  }

  #received(chunk: Buffer): void {
    if (this.#end !== null) return;
    let replies: readonly VtyReply[];
    try {
      replies = this.#replies.push(chunk);
    } catch (error) {
      this.#lose(new VtyDialectError(this.#options.path, { cause: error }));
      return;
    }
    for (const reply of replies) {
      const batch = this.#batches[0];
      if (batch === undefined) {
        this.#lose(new VtyDialectError(this.#options.path));
        return;
      }
      batch.replies.push(reply);
      if (batch.replies.length < batch.size) continue;
      this.#batches.shift();
      batch.resolve(batch.replies);
    }
    this.#expectWords();
  }

  /** A daemon that is frozen closes nothing: only its silence shows it. */
  #expectWords(): void {
    this.#cancelSilence();
    if (this.#batches.length === 0 || this.#end !== null) return;
    this.#cancelSilence = this.#options.clock.schedule(silenceMs, () =>
      this.#lose(silent(this.#options.path)),
    );
  }

  #gone(cause?: Error): EngineError {
    return new EngineError(
      "unreachable",
      `bgpd at ${this.#options.path} has gone${cause === undefined ? "" : ` (${cause.message})`}: is it running?`,
      { cause },
    );
  }

  #lose(error: EngineError): void {
    if (this.#finish(error)) this.#options.ended(error);
  }

  /** FRR 10.3 ends with corrupted memory when nobody takes the rest of a long answer: it is let come. */
  #hangUp(): void {
    const isAnswering = this.#known && this.#batches.length > 0 && this.#socket.writableLength === 0;
    if (isAnswering) this.#socket.end().unref();
    else this.#socket.destroy();
  }

  /** Returns whether it had not ended before. */
  #finish(error: EngineError): boolean {
    if (this.#end !== null) return false;
    this.#end = error;
    this.#cancelSilence();
    this.#hangUp();
    for (const batch of this.#batches.splice(0)) batch.reject(error);
    return true;
  }
}

function dial({ path, clock }: VtySocketOptions, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const settle = (work: () => void) => {
      cancel();
      signal.removeEventListener("abort", abort);
      socket.removeAllListeners();
      work();
    };
    const fail = (error: EngineError) => {
      settle(() => {
        // What comes of it after we have turned away is of no interest.
        socket.on("error", () => undefined);
        socket.destroy();
        reject(error);
      });
    };
    const abort = () => fail(new EngineError("unreachable", "bgpd is not asked any more: the agent stops"));
    const cancel = clock.schedule(silenceMs, () => fail(silent(path)));
    socket.once("connect", () => settle(() => resolve(socket)));
    socket.once("error", (error) =>
      fail(
        new EngineError("unreachable", `bgpd cannot be reached at ${path}: ${error.message}`, {
          cause: error,
        }),
      ),
    );
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

function silent(path: string): EngineError {
  return new EngineError("timeout", `bgpd at ${path} does not answer: is it frozen or overloaded?`);
}
