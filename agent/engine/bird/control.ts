// A connection to BIRD's control socket: one question at a time, each with a deadline.
import { createConnection } from "node:net";
import type { Socket } from "node:net";
import type { Clock } from "../../time/clock.ts";
import { EngineError } from "../contract.ts";
import { ReplyReader, wordsOf } from "./reply.ts";
import type { Reply } from "./reply.ts";

/** A question: BIRD answers within a millisecond, and hardly later while it reads its configuration. */
const answerMs = 4_000;

/** What BIRD says first on every connection. */
const welcome = 1;

interface Question {
  readonly text: string;
  readonly deadlineMs: number;
  readonly answered: (reply: Reply) => void;
  readonly failed: (error: EngineError) => void;
}

export class Control {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #socket: Socket;
  readonly #reader = new ReplyReader((text) => this.overheard(text));
  readonly #questions: Question[] = [];
  readonly #ended: (error: EngineError) => void;
  #deadline: () => void = () => undefined;
  #error: EngineError | null = null;
  #closed = false;

  /** Told of what BIRD logs, once it is asked to echo that. */
  overheard: (text: string) => void = () => undefined;

  /** @param ended told once, when the connection breaks and we have not closed it */
  constructor(path: string, clock: Clock, ended: (error: EngineError) => void) {
    this.#path = path;
    this.#clock = clock;
    this.#ended = ended;
    this.#socket = createConnection({ path });
    this.#socket.setEncoding("utf8");
    this.#socket.on("data", (piece: string) => this.#take(piece));
    this.#socket.on("error", (error) => this.#break(this.#unreachable(error.message, error)));
    this.#socket.on("close", () => this.#break(this.#unreachable("it closed the connection")));
  }

  /** Waits for BIRD's greeting and returns its version, such as `2.0.12`. @throws {EngineError} */
  async greeted(): Promise<string> {
    const reply = await this.#await("its greeting", answerMs, null);
    const [, version] = /^BIRD (\S+) ready/.exec(reply.lines[0]?.text ?? "") ?? [];
    if (reply.code !== welcome || version === undefined)
      throw new EngineError(
        "refused",
        `what listens at ${this.#path} does not greet as BIRD does: is it the control socket?`,
      );
    return version;
  }

  /** @throws {EngineError} when no answer comes; one that says no is an answer. */
  ask(text: string, deadlineMs: number = answerMs): Promise<Reply> {
    return this.#await(text, deadlineMs, text);
  }

  /** Ends the connection; who waits for an answer is told. */
  close(): void {
    this.#closed = true;
    this.#socket.destroy();
    this.#break(new EngineError("unreachable", `the connection to BIRD at ${this.#path} is closed`));
  }

  /** @param line null: nothing is sent */
  #await(what: string, deadlineMs: number, line: string | null): Promise<Reply> {
    return new Promise((answered, failed) => {
      if (this.#error !== null) {
        failed(this.#error);
        return;
      }
      this.#questions.push({ text: line ?? what, deadlineMs, answered, failed });
      if (line !== null && this.#questions.length === 1) this.#socket.write(`${line}\n`);
      if (this.#questions.length === 1) this.#watch();
    });
  }

  #take(piece: string): void {
    for (const reply of this.#reader.read(piece)) {
      const question = this.#questions.shift();
      this.#deadline();
      if (question === undefined) {
        this.#break(this.#unreachable(`it said what nobody had asked for: ${wordsOf(reply)}`));
        return;
      }
      question.answered(reply);
      const next = this.#questions[0];
      if (next === undefined) continue;
      this.#socket.write(`${next.text}\n`);
      this.#watch();
    }
  }

  /** The time of a question runs from when it is sent. */
  #watch(): void {
    const question = this.#questions[0];
    if (question === undefined) return;
    this.#deadline = this.#clock.schedule(question.deadlineMs, () =>
      this.#break(
        new EngineError(
          "timeout",
          `BIRD at ${this.#path} did not answer "${question.text}" in time: is it frozen or starved of CPU?`,
        ),
      ),
    );
  }

  #break(error: EngineError): void {
    if (this.#error !== null) return;
    this.#error = error;
    this.#deadline();
    this.#socket.destroy();
    for (const { failed } of this.#questions.splice(0)) failed(error);
    if (!this.#closed) this.#ended(error);
  }

  #unreachable(why: string, cause?: Error): EngineError {
    return new EngineError(
      "unreachable",
      `BIRD at ${this.#path} cannot be reached (${why}): is it running, with its control socket there?`,
      { cause },
    );
  }
}
