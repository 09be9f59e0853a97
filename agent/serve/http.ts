// The agent's HTTP server: metrics, health and the JSON API. It shows; all it can change is the drain.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import { quote } from "../model/problem.ts";
import type { Clock } from "../time/clock.ts";
import type { DrainRequests } from "../reconcile/drain-request.ts";
import type { Report } from "../reconcile/report.ts";
import { planJson } from "../plan/json.ts";
import { queryForms } from "../reconcile/explain-query.ts";
import { peersJson, routesJson, statusJson } from "./api.ts";
import { changeDrain, drainJson, WriteError } from "./drain.ts";
import { createGauges } from "./gauges.ts";

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Methods, of an answer that refuses another. */
  readonly allow?: string;
}

export interface HttpOptions {
  /** null: every address of the machine. */
  readonly host: string | null;
  readonly port: number;
  readonly report: Report;
  readonly drainRequests: DrainRequests;
  readonly registry: Registry;
  readonly version: string;
  readonly clock: Clock;
}

/** The address to listen on is taken or not ours. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly code: string;

  constructor(message: string, options: { code: string; cause: unknown }) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}

/** Listens until the signal aborts. @throws {HttpError} when it cannot listen. */
export async function serveHttp(
  options: HttpOptions,
  signal: AbortSignal,
): Promise<{ readonly port: number }> {
  const answers = table(options);
  const server = createServer((request, response) => void respond(answers, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const where = `${options.host ?? ""}:${options.port}`;
      const why =
        cause.code === "EADDRINUSE" ? "another program listens there (a second agent?)" : cause.message;
      reject(new HttpError(`--http ${where}: ${why}`, { code: cause.code ?? "unknown", cause }));
    });
    server.listen(
      { ...(options.host !== null && { host: options.host }), port: options.port, signal },
      resolve,
    );
  });
  signal.addEventListener("abort", () => server.closeAllConnections(), { once: true });
  const address = server.address();
  return { port: typeof address === "object" && address !== null ? address.port : options.port };
}

interface Handler {
  /** The only parameter that is taken, and must be; none: the path takes no query. */
  readonly parameter?: string;
  readonly answer: (value: string) => Answer | Promise<Answer>;
  /** Does what is asked for; the answer is then that of a GET. Absent: the path takes GET only. */
  readonly change?: (method: "POST" | "DELETE", request: IncomingMessage) => Promise<void>;
}

function table({
  report,
  drainRequests,
  registry,
  version,
  clock,
}: HttpOptions): ReadonlyMap<string, Handler> {
  const refreshGauges = createGauges(registry, report);
  return new Map<string, Handler>([
    ["/healthz", { answer: () => health(report.notAlive(clock.monotonic())) }],
    ["/readyz", { answer: () => health(report.notReady()) }],
    ["/api/v1/status", { answer: () => json(200, statusJson(report, version)) }],
    ["/api/v1/routes", { answer: () => json(200, routesJson(report)) }],
    ["/api/v1/peers", { answer: async () => json(200, await peersJson(report)) }],
    ["/api/v1/plan", { answer: () => json(200, planJson(report.plan())) }],
    [
      "/api/v1/drain",
      {
        answer: () => json(200, drainJson(report)),
        change: (method, request) => changeDrain(method, request, drainRequests),
      },
    ],
    ["/api/v1/explain", { parameter: "q", answer: (query) => explanation(report, query) }],
    [
      "/metrics",
      {
        answer: async () => {
          await refreshGauges();
          return { status: 200, type: registry.contentType, body: await registry.metrics() };
        },
      },
    ],
  ]);
}

function explanation(report: Report, query: string): Answer {
  const found = report.explain(query);
  return found === null ? json(400, { error: `q=${quote(query)} is not ${queryForms}` }) : json(200, found);
}

async function respond(
  answers: ReadonlyMap<string, Handler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await answerTo(answers, request).catch((error: unknown) =>
    json(error instanceof WriteError ? error.status : 500, {
      error: error instanceof Error ? error.message : String(error),
    }),
  );
  response.writeHead(answer.status, {
    "content-type": answer.type,
    "cache-control": "no-store",
    ...(answer.allow !== undefined && { allow: answer.allow }),
  });
  response.end(request.method === "HEAD" ? undefined : answer.body);
}

async function answerTo(answers: ReadonlyMap<string, Handler>, request: IncomingMessage): Promise<Answer> {
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const handler = answers.get(path);
  if (handler === undefined)
    return json(404, { error: `no such path; there are ${[...answers.keys()].sort().join(", ")}` });
  const { parameter, answer, change } = handler;
  const { method } = request;
  const changes = change !== undefined && (method === "POST" || method === "DELETE");
  if (method !== "GET" && method !== "HEAD" && !changes) {
    const allow = change === undefined ? "GET" : "GET, POST and DELETE";
    return { ...json(405, { error: `${path} takes ${allow} only` }), allow: allow.replace(" and", ",") };
  }
  if (parameter !== undefined) {
    const [only, ...others] = new URLSearchParams(query);
    if (only?.[0] !== parameter || only[1] === "" || others.length > 0)
      return json(400, { error: `${path} takes one query, ?${parameter}=…` });
    return answer(only[1]);
  }
  // Prometheus and probes may add parameters of their own; the API means what it says.
  if (query !== "" && path.startsWith("/api/")) return json(400, { error: `${path} takes no query` });
  if (changes) await change(method, request);
  return answer("");
}

function health(problem: string | null): Answer {
  return {
    status: problem === null ? 200 : 503,
    type: "text/plain; charset=utf-8",
    body: `${problem ?? "ok"}\n`,
  };
}

function json(status: number, body: object): Answer {
  return { status, type: "application/json", body: `${JSON.stringify(body, null, 2)}\n` };
}
