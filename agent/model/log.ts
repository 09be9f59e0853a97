// The part of a logger that rooms use; pino's is one.

/** Fields first, then one sentence that names the object, what happened and, on trouble, the next step. */
type Write = (fields: object, message: string) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

const nothing: Write = () => undefined;
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
