// How a command ends: 0 fine, 1 a problem was found or the answer is no, 2 usage, 3 agent or API out of reach.

export type ExitCode = 0 | 1 | 2 | 3;

/** Ends the command with one line on stderr. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code: Exclude<ExitCode, 0>;

  constructor(code: Exclude<ExitCode, 0>, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export function usageError(message: string, cause?: unknown): CommandError {
  return new CommandError(2, message, { cause });
}

/** Any error as the one line that people see. */
export function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, " ");
}
