// Asks the running agent over its HTTP API.
import { isRecord } from "../config/spec.ts";
import { quote } from "../model/problem.ts";
import { CommandError, oneLine, usageError } from "./errors.ts";

export const defaultAgent = "http://127.0.0.1:9179";

/** Lines for the help. */
export const agentUsage = `  --agent URL
      where the agent serves HTTP (default: ${defaultAgent})
`;

/** POST and DELETE are for what changes something; the agent takes them from its own machine only. */
export type Method = "GET" | "POST" | "DELETE";

const timeoutMs = 10_000;

/**
 * Returns what the agent answers.
 *
 * @param url as given with --agent
 * @param is whether an answer is what was asked for: tells another program that answers there from an agent
 * @throws {CommandError} 3 when there is no agent that answers, 2 when it cannot answer such a question, 1 when it may
 *   not do what is asked.
 */
export async function askAgent<T>(
  url: string | undefined,
  path: string,
  is: (answer: unknown) => answer is T,
  method: Method = "GET",
): Promise<T> {
  const base = parseUrl(url ?? defaultAgent);
  const { status, text } = await request(base, path, method);
  const answer = parseJson(text);
  if (status === 200 && is(answer)) return answer;
  const error = isRecord(answer) ? answer["error"] : undefined;
  if (typeof error !== "string")
    throw new CommandError(
      3,
      `${base} answers ${status} to ${quote(path)}, but not as an agent does; see --agent`,
    );
  if (status === 400) throw usageError(oneLine(error));
  throw new CommandError(status === 403 ? 1 : 3, `the agent at ${base} says: ${oneLine(error)}`);
}

async function request(
  base: string,
  path: string,
  method: Method,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const answer = await fetch(`${base}${path}`, {
      method,
      ...(method === "POST" && { headers: { "content-type": "application/json" } }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.status, text: await answer.text() };
  } catch (cause) {
    // fetch says "fetch failed" and puts what happened behind it.
    const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const message = `cannot reach the agent at ${base}: ${oneLine(why) || "no connection"}; is it running? see --agent`;
    throw new CommandError(3, message, { cause });
  }
}

/** Without a slash at its end. */
function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw usageError(`--agent: ${quote(text)} is not a URL like ${defaultAgent}`);
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Tells answers of the API apart by lists that they have; what is in them is the agent's own, of the same release. */
export function hasLists<T extends object>(...names: readonly (keyof T & string)[]) {
  return (answer: unknown): answer is T =>
    isRecord(answer) && names.every((name) => Array.isArray(answer[name]));
}
