// GET over node:https (node:http for an API without TLS): one connection at a time, used again while it is good.
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { quote } from "../../model/problem.ts";
import type { Clock } from "../../time/clock.ts";
import { messageOf, WatchError } from "../errors.ts";
import type { Access, Credentials } from "./credentials.ts";
import type { Limits } from "./limits.ts";

/** A peer that vanished is found within this and ten probes, a second each, when nothing is under way. */
const keepAliveMs = 15_000;

export interface TransportOptions {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly userAgent: string;
}

export class Transport {
  readonly #options: TransportOptions;
  /** Keeps the connection of a list for the watch that follows. */
  #agents = newAgents();

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the answer begins, whatever its status.
   *
   * @throws {WatchError} `unreadable`, `unreachable`, `idle`, or `rejected` when the server's certificate is not taken.
   */
  async get(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const access = await this.#options.credentials.access();
    signal.throwIfAborted();
    return new Promise((resolve, reject) => this.#send(access, path, signal, resolve, reject));
  }

  /** After a failure: the next request makes a connection of its own. */
  reset(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
    this.#agents = newAgents();
  }

  #send(
    { server, options, headers, proxy }: Access,
    path: string,
    signal: AbortSignal,
    resolve: (answer: IncomingMessage) => void,
    reject: (error: Error) => void,
  ): void {
    const { clock, limits, userAgent } = this.#options;
    const secure = server.protocol === "https:";
    const request = (secure ? httpsRequest : httpRequest)({
      ...options,
      agent: proxy ?? (secure ? this.#agents.https : this.#agents.http),
      host: server.hostname.replace(/^\[|\]$/g, ""),
      port: server.port === "" ? (secure ? 443 : 80) : server.port,
      path: server.pathname.replace(/\/$/, "") + path,
      // Compression would cost the API server more than it saves here, and delay events until a block is full.
      headers: {
        ...headers,
        accept: "application/json",
        "user-agent": userAgent,
      },
      signal,
    });
    const giveUp = (what: string, afterMs: number) =>
      clock.schedule(afterMs, () =>
        request.destroy(new WatchError("idle", `${what} within ${afterMs / 1000} s`)),
      );
    const cancelResponse = giveUp(`${server.origin} did not answer`, limits.responseTimeoutMs);
    let cancelConnect = (): void => undefined;
    request.once("socket", (socket: Socket) => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, keepAliveMs);
      if (!socket.connecting) return;
      const afterMs = limits.connectTimeoutMs;
      cancelConnect = clock.schedule(afterMs, () => {
        const message = `cannot reach the API server at ${server.origin}: no connection within ${afterMs / 1000} s`;
        request.destroy(new WatchError("unreachable", message));
      });
      socket.once("connect", () => cancelConnect());
    });
    const done = () => {
      cancelResponse();
      cancelConnect();
    };
    request.once("response", (answer) => {
      done();
      resolve(answer);
    });
    // Stays on: a connection that breaks after the answer began tells both the request and the answer.
    request.on("error", (error) => {
      done();
      reject(error instanceof WatchError || signal.aborted ? error : connectionError(server.origin, error));
    });
    request.end();
  }
}

function newAgents() {
  const options = { keepAlive: true, maxFreeSockets: 1 };
  return { http: new HttpAgent(options), https: new HttpsAgent(options) };
}

function connectionError(origin: string, cause: Error): WatchError {
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const reason = quote(messageOf(cause) || code);
  if (/^(CERT_|ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|EPROTO)/.test(code))
    return new WatchError(
      "rejected",
      `the certificate of ${origin} is not accepted: ${reason}; does the kubeconfig hold the CA of this cluster?`,
      { cause },
    );
  return new WatchError(
    "unreachable",
    `cannot reach the API server at ${origin}: ${reason}; is it up, and reachable from this node?`,
    { cause },
  );
}
