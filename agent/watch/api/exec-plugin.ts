// Credentials from a command that the kubeconfig names (client.authentication.k8s.io, KEP-541): run when they are first
// needed, and again when they have expired or were refused.
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { execFile } from "node:child_process";
import { quote } from "../../model/problem.ts";
import { isFields } from "../decode/fields.ts";
import type { Fields } from "../decode/fields.ts";
import { messageOf, WatchError } from "../errors.ts";

/** What the command printed, as far as it is used. */
export interface Credential {
  readonly token: string | null;
  /** PEM. */
  readonly certificate: string | null;
  readonly key: string | null;
  /** ms since the epoch; Infinity: until it is refused. */
  readonly expiresAtMs: number;
}

/** Credentials are not used in their last moments: a request takes its time. */
const leewayMs = 10_000;
/** Longest that the command may take. It is run without a terminal: whatever waits for a person waits in vain. */
const timeoutMs = 30_000;
const maxOutputBytes = 2 ** 20;

export class ExecPlugin {
  readonly #exec: Fields;
  readonly #cluster: Fields | null;
  #current: Credential | null = null;
  /** The kinds are watched at the same time, and one run of the command is enough for all. */
  #running: Promise<Credential> | null = null;

  constructor(exec: Fields, cluster: Fields | null) {
    this.#exec = exec;
    this.#cluster = exec["provideClusterInfo"] === true ? cluster : null;
  }

  /** @throws {WatchError} `unreadable` when the command cannot be run, takes too long, or prints something else. */
  async credential(nowMs: number): Promise<Credential> {
    if (this.#current === null || this.#current.expiresAtMs - leewayMs <= nowMs) {
      this.#running ??= this.#run().finally(() => (this.#running = null));
      this.#current = await this.#running;
    }
    return this.#current;
  }

  #run(): Promise<Credential> {
    const { command, args, env, apiVersion } = this.#exec;
    const name = typeof command === "string" ? command : "";
    const argv = Array.isArray(args) ? args.map(String) : [];
    const spec = { interactive: false, ...(this.#cluster === null ? {} : { cluster: this.#cluster }) };
    const info = JSON.stringify({ apiVersion, kind: "ExecCredential", spec });
    const variables = { ...process.env, ...readEnv(env), KUBERNETES_EXEC_INFO: info };
    return new Promise((resolve, reject) => {
      const limits = { timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: maxOutputBytes } as const;
      execFile(name, argv, { env: variables, ...limits }, (error, stdout, stderr) => {
        if (error === null) {
          try {
            resolve(parseCredential(stdout));
          } catch (cause) {
            reject(failure(name, `printed ${messageOf(cause)}`, cause));
          }
          return;
        }
        const late = error.killed === true ? `took longer than ${timeoutMs / 1000} s` : "failed";
        const said = stderr.trim() === "" ? `${error.code ?? error.signal ?? ""}` : stderr.trim();
        reject(failure(name, `${late}: ${quote(said)}`, error));
      }).stdin?.end();
    });
  }
}

function failure(command: string, what: string, cause: unknown): WatchError {
  const message = `the kubeconfig's command ${quote(command)} for credentials ${what}; run it by hand to see`;
  return new WatchError("unreadable", message, { cause });
}

/** The command of the current user; null: none. Taken out of the configuration, where the library would run it. */
export function takeExecPlugin(config: KubeConfig): ExecPlugin | null {
  const user = config.getCurrentUser();
  const exec: unknown = user?.exec;
  if (user === null || !isFields(exec)) return null;
  config.users = config.users.map((other) =>
    other.name === user.name ? { ...other, exec: undefined } : other,
  );
  const cluster = config.getCurrentCluster();
  if (cluster === null) return new ExecPlugin(exec, null);
  return new ExecPlugin(exec, {
    server: cluster.server,
    ...(cluster.caData === undefined ? {} : { "certificate-authority-data": cluster.caData }),
    ...(cluster.tlsServerName === undefined ? {} : { "tls-server-name": cluster.tlsServerName }),
    ...(cluster.skipTLSVerify ? { "insecure-skip-tls-verify": true } : {}),
  });
}

function parseCredential(text: string): Credential {
  const printed: unknown = parseJson(text);
  const status: unknown = isFields(printed) ? printed["status"] : undefined;
  if (!isFields(status)) throw new Error("no ExecCredential with a status");
  const read = (name: string): string | null => {
    const value = status[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const [token, certificate, key] = ["token", "clientCertificateData", "clientKeyData"].map(read);
  if (token == null && (certificate == null || key == null))
    throw new Error("neither a token nor a certificate with its key");
  const expires = read("expirationTimestamp");
  return {
    token: token ?? null,
    certificate: certificate ?? null,
    key: key ?? null,
    expiresAtMs: expires === null ? Infinity : Date.parse(expires) || 0,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message may show what was printed, and with it a token.
    throw new Error("what is not JSON");
  }
}

/** `[{name, value}]`, as the kubeconfig lists them. */
function readEnv(env: unknown): Readonly<Record<string, string>> {
  if (!Array.isArray(env)) return {};
  return Object.fromEntries(
    env.flatMap((entry: unknown): [string, string][] => {
      const { name, value } = isFields(entry) ? entry : {};
      return typeof name === "string" && typeof value === "string" ? [[name, value]] : [];
    }),
  );
}
