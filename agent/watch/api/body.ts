// Reads what an answer brings, chunk by chunk, and notices when nothing comes any more.
import type { IncomingMessage } from "node:http";
import type { Clock } from "../../time/clock.ts";
import { messageOf, WatchError } from "../errors.ts";

export interface BodyOptions {
  readonly clock: Clock;
  /** Longest silence, in ms. */
  readonly idleTimeoutMs: number;
}

/**
 * Calls `onChunk` synchronously as data arrives. Resolves at the end of the body; the connection can then be used again.
 *
 * @throws {WatchError} `unreachable` when the connection broke, `idle` after the silence; what `onChunk` throws ends
 *   the reading as well, and so does an error that the body is destroyed with.
 */
export function readBody(
  body: IncomingMessage,
  onChunk: (chunk: Buffer) => void,
  { clock, idleTimeoutMs }: BodyOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let heardAtMs = clock.monotonic();
    let cancelTimer = clock.schedule(idleTimeoutMs, look);
    let over = false;

    function succeed(): void {
      over = true;
      cancelTimer();
      resolve();
    }
    function fail(error: unknown): void {
      if (over) return;
      over = true;
      cancelTimer();
      reject(error instanceof Error ? error : new Error(messageOf(error)));
      body.destroy();
    }
    // One timer for the whole body: a busy watch must not pay for setting a new one with each event.
    function look(): void {
      const leftMs = heardAtMs + idleTimeoutMs - clock.monotonic();
      if (leftMs > 0) cancelTimer = clock.schedule(leftMs, look);
      else
        fail(
          new WatchError("idle", `nothing came for ${idleTimeoutMs / 1000} s; the connection is given up`),
        );
    }

    body.on("data", (chunk: Buffer) => {
      if (over) return;
      heardAtMs = clock.monotonic();
      try {
        onChunk(chunk);
      } catch (error) {
        fail(error);
      }
    });
    body.on("end", succeed);
    body.on("error", (cause) => fail(cause instanceof WatchError ? cause : broken(cause)));
    body.on("close", () => fail(broken(null)));
  });
}

/** The whole body as text. @throws {WatchError} as above, and `malformed` when it is longer than `maxBytes`. */
export async function readText(
  body: IncomingMessage,
  maxBytes: number,
  options: BodyOptions,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  await readBody(
    body,
    (chunk) => {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new WatchError("malformed", `the answer is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    },
    options,
  );
  return Buffer.concat(chunks).toString("utf8");
}

function broken(cause: Error | null): WatchError {
  return new WatchError("unreachable", "the connection to the API server broke", { cause });
}
