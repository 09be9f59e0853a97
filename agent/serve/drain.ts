// The drain over HTTP: how far it is, and the two requests that begin and end it.
import type { IncomingMessage } from "node:http";
import type { Problem } from "../model/problem.ts";
import type { DrainCauseReport, DrainReport } from "../reconcile/drain-report.ts";
import type { DrainRequests } from "../reconcile/drain-request.ts";
import type { Report } from "../reconcile/report.ts";
import { refuseWrite } from "./local-only.ts";

export interface DrainJson {
  readonly node: string;
  /** `off`, `marking` (the speaker does not hold the marks yet), `marked`, `withdrawn`. */
  readonly phase: DrainReport["phase"];
  /** The phase is the last one, and the speaker holds exactly what is wanted in it. */
  readonly settled: boolean;
  readonly causes: readonly DrainCauseReport[];
  /** Between marking and withdrawing. */
  readonly waitSeconds: number;
  /** Until the marked routes are withdrawn; null: no wait is under way. */
  readonly secondsLeft: number | null;
  /** Service routes and aggregates that the speaker holds; null: it is out of reach. */
  readonly routes: number | null;
  /** What the agent is at with its speaker. */
  readonly speaker: DrainReport["speaker"];
  /** Why the drain, or its end, would not survive a restart. */
  readonly problems: readonly Problem[];
}

export function drainJson(report: Report): DrainJson {
  const { waitMs, leftMs, problem, ...drain } = report.drain();
  return {
    node: drain.node,
    phase: drain.phase,
    settled: drain.settled,
    causes: drain.causes,
    waitSeconds: waitMs / 1000,
    secondsLeft: leftMs === null ? null : Math.round(leftMs) / 1000,
    routes: drain.routes,
    speaker: drain.speaker,
    problems: problem === null ? [] : [problem],
  };
}

/** A request that changes something; thrown as what it is answered with. */
export class WriteError extends Error {
  override readonly name = "WriteError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** POST begins the drain, DELETE ends what was asked for. @throws {WriteError} for who may not, or asks for more. */
export async function changeDrain(
  method: "POST" | "DELETE",
  request: IncomingMessage,
  requests: DrainRequests,
): Promise<void> {
  const { headers, socket } = request;
  const refusal = refuseWrite({ method, remoteAddress: socket.remoteAddress, headers });
  if (refusal !== null) throw new WriteError(refusal.status, refusal.error);
  await expectNothing(request);
  await (method === "POST" ? requests.ask() : requests.undo());
}

/** There is nothing to be said beside the method: an empty content, or an empty object. */
async function expectNothing(request: IncomingMessage): Promise<void> {
  const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
  if (encoding !== undefined || Number(length) > 16) throw new WriteError(413, "takes no content, or {}");
  let content = "";
  for await (const chunk of request.setEncoding("utf8")) content += String(chunk);
  if (!/^\s*(?:\{\s*\})?\s*$/.test(content)) throw new WriteError(400, "takes no content, or {}");
}
