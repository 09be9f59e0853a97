// What an answer of the API means when it is not a success: the WatchError, with the next step to take.
import { quote } from "../../model/problem.ts";
import { isFields } from "../decode/fields.ts";
import { WatchError } from "../errors.ts";
import type { WatchErrorCode } from "../errors.ts";

/** Longest pause a server may ask for, in ms: what it says may be as broken as the rest of it. */
const maxRetryAfterMs = 60_000;

export interface Reply {
  readonly status: number;
  /** Header Retry-After. */
  readonly retryAfter: string | undefined;
  /** The body: a Status object of the API, or whatever a proxy on the way says. */
  readonly text: string;
}

/** What the agent's account needs for a kind. */
const collectionVerbs = "get, list and watch";

/**
 * @param nowMs to tell a Retry-After that is a date from now
 * @param verbs to advise on after a 403
 */
export function replyError(
  { status, retryAfter, text }: Reply,
  nowMs: number,
  verbs = collectionVerbs,
): WatchError {
  const said = readStatus(parse(text)) ?? { reason: "", message: text };
  return statusError(status, said, parseRetryAfter(retryAfter, nowMs), verbs);
}

function nextStep(code: WatchErrorCode, verbs: string): string | null {
  if (code === "unauthorized")
    return "the credentials are read again with each try: check the token or certificate in the kubeconfig";
  return code === "forbidden" ? `grant ${verbs} on it to the agent's account` : null;
}

/** The error behind a watch event of type ERROR: its object is a Status. */
export function eventError(object: unknown): WatchError {
  const code: unknown = isFields(object) ? object["code"] : undefined;
  const said = readStatus(object);
  if (typeof code !== "number" || said === null)
    return new WatchError("malformed", "the watch told of an error that is no Status");
  return statusError(code, said, null, collectionVerbs);
}

interface Said {
  readonly reason: string;
  readonly message: string;
}

function statusError(
  status: number,
  { reason, message }: Said,
  retryAfterMs: number | null,
  verbs: string,
): WatchError {
  const code = codeOf(status, reason);
  const step = nextStep(code, verbs);
  const words = [`the API server answered ${status}`];
  if (/^[A-Za-z]+$/.test(reason)) words.push(` ${reason}`);
  if (message !== "") words.push(` (${quote(message)})`);
  if (step !== null) words.push(`; ${step}`);
  return new WatchError(code, words.join(""), { status, retryAfterMs });
}

function codeOf(status: number, reason: string): WatchErrorCode {
  if (status === 410 || reason === "Expired" || reason === "Gone") return "expired";
  if (status === 401) return "unauthorized";
  return status === 403 ? "forbidden" : "rejected";
}

function readStatus(object: unknown): Said | null {
  if (!isFields(object) || object["kind"] !== "Status") return null;
  const { reason, message } = object;
  return {
    reason: typeof reason === "string" ? reason : "",
    message: typeof message === "string" ? message : "",
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Seconds or a date (RFC 9110 §10.2.3) → ms from now; null: nothing to go by. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const waitMs = /^[0-9]{1,6}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, 0), maxRetryAfterMs) : null;
}
