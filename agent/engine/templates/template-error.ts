import { EngineError } from "../contract.ts";

/** A template that cannot be used; names its place and, where known, the line. The speaker keeps what it has. */
export class TemplateError extends EngineError {
  override readonly name = "TemplateError";
  readonly place: string;
  /** From 1; null: not known. */
  readonly line: number | null;

  constructor(place: string, line: number | null, message: string, options?: { cause?: unknown }) {
    super("refused", `${place}${line === null ? "" : `:${line}`}: ${message}`, options);
    this.place = place;
    this.line = line;
  }
}
