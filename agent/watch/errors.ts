// What can go wrong between a source and its origin.

/**
 * - `unreadable`: a file that the source stands on (kubeconfig, directory of manifests) is not there or makes no sense.
 * - `unreachable`: no connection, or it broke.
 * - `unauthorized`, `forbidden`: HTTP 401, 403.
 * - `expired`: HTTP 410, the resource version is too old to go on from.
 * - `rejected`: any other answer that is not a success.
 * - `idle`: connected, but nothing came for too long.
 * - `malformed`: what came is not what the API writes, or is too long to be.
 */
export type WatchErrorCode =
  "unreadable" | "unreachable" | "unauthorized" | "forbidden" | "expired" | "rejected" | "idle" | "malformed";

export interface WatchErrorOptions {
  readonly cause?: unknown;
  /** HTTP status; null: none came. */
  readonly status?: number | null;
  /** What the server asked to wait, in ms. */
  readonly retryAfterMs?: number | null;
}

/** A message names what was tried and what to look at next. */
export class WatchError extends Error {
  override readonly name = "WatchError";
  readonly code: WatchErrorCode;
  readonly status: number | null;
  readonly retryAfterMs: number | null;

  constructor(code: WatchErrorCode, message: string, options: WatchErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
