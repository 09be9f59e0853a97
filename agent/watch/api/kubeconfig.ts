// Finds and reads the kubeconfig; each way it can be wrong is one line that names the file.
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { parse } from "yaml";
import { quote } from "../../model/problem.ts";
import { isFields } from "../decode/fields.ts";
import { messageOf, WatchError } from "../errors.ts";

/** Where access to the API is described. */
export type Origin =
  | { readonly t: "files"; readonly paths: readonly string[] }
  /** ServiceAccount of the pod. */
  | { readonly t: "cluster" };

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default /: where the pod's ServiceAccount is mounted. */
  readonly root?: string;
  readonly home?: string;
}

const accountFolder = "var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The file given, else the pod's ServiceAccount, else KUBECONFIG, else ~/.kube/config.
 *
 * @throws {WatchError} `unreadable` when there is none of them.
 */
export function findOrigin(
  file: string | undefined,
  { env, root = "/", home = homedir() }: Surroundings,
): Origin {
  if (file !== undefined) return { t: "files", paths: [file] };
  const inCluster =
    env["KUBERNETES_SERVICE_HOST"] !== undefined && existsSync(join(root, accountFolder, "token"));
  if (inCluster) return { t: "cluster" };
  const paths = (env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  if (paths.length > 0) return { t: "files", paths };
  const usual = join(home, ".kube/config");
  if (existsSync(usual)) return { t: "files", paths: [usual] };
  throw new WatchError(
    "unreadable",
    "no way to a Kubernetes API: this is no pod, KUBECONFIG is not set and ~/.kube/config is not there; " +
      "give --kubeconfig FILE, or --manifests DIR to do without",
  );
}

/** The texts of the files, to see whether they changed. @throws {WatchError} `unreadable` */
export function readFiles(paths: readonly string[]): readonly string[] {
  return paths.map((path) => {
    try {
      return readFileSync(path, "utf8");
    } catch (cause) {
      throw new WatchError(
        "unreadable",
        `cannot read kubeconfig ${quote(path)}: ${quote(messageOf(cause))}`,
        { cause },
      );
    }
  });
}

/** @throws {WatchError} `unreadable`, naming the file and what is wrong with it. */
export function parseFiles(paths: readonly string[], texts: readonly string[]): KubeConfig {
  const merged = new KubeConfig();
  for (const [index, path] of paths.entries()) {
    const config = parseFile(path, texts[index] ?? "");
    if (index === 0) merged.loadFromOptions(config);
    else guard(path, () => merged.mergeConfig(config, true));
  }
  check(merged, paths.join(delimiter));
  return merged;
}

export function inClusterConfig(root = ""): KubeConfig {
  const config = new KubeConfig();
  config.loadFromCluster(root);
  return config;
}

function parseFile(path: string, text: string): KubeConfig {
  return guard(path, () => {
    const raw: unknown = parse(text, { prettyErrors: false, logLevel: "error" });
    if (!isFields(raw)) throw new Error(text.trim() === "" ? "is empty" : "is not an object");
    const config = new KubeConfig();
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(path));
    addTokenFiles(config, raw["users"], dirname(path));
    placeCommands(config, dirname(path));
    return config;
  });
}

/** `tokenFile` of a user, which the client library does not know; the token is read again as the file changes. */
function addTokenFiles(config: KubeConfig, users: unknown, folder: string): void {
  if (!Array.isArray(users)) return;
  for (const entry of users) {
    const user: unknown = isFields(entry) ? entry["user"] : null;
    const file: unknown = isFields(user) ? user["tokenFile"] : null;
    if (typeof file !== "string" || !isFields(entry)) continue;
    const name: unknown = entry["name"];
    const known = config.users.find((other) => other.name === name);
    if (known === undefined || known.token !== undefined) continue;
    const tokenFile = file.startsWith("/") ? file : join(folder, file);
    const authProvider = { name: "tokenFile", config: { tokenFile } };
    config.users = config.users.map((other) => (other === known ? { ...known, authProvider } : other));
  }
}

/** A command named by a relative path is beside the kubeconfig; one without any path is looked for in PATH. */
function placeCommands(config: KubeConfig, folder: string): void {
  config.users = config.users.map((user) => {
    const exec: unknown = user.exec;
    const command: unknown = isFields(exec) ? exec["command"] : undefined;
    if (!isFields(exec) || typeof command !== "string") return user;
    if (!command.includes("/") || command.startsWith("/")) return user;
    return { ...user, exec: { ...exec, command: join(folder, command) } };
  });
}

function check(config: KubeConfig, path: string): void {
  guard(path, () => {
    const context = config.getCurrentContext();
    if (typeof context !== "string" || context === "") throw new Error("has no current-context");
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new Error(`has no cluster for its current-context ${quote(context)}`);
    if (config.getCurrentUser() === null)
      throw new Error(`has no user for its current-context ${quote(context)}`);
    const server = URL.canParse(cluster.server) ? new URL(cluster.server) : null;
    if (server === null || (server.protocol !== "https:" && server.protocol !== "http:"))
      throw new Error(`has a server that is no URL: ${quote(cluster.server)}`);
    if (server.protocol === "http:" && !cluster.skipTLSVerify)
      throw new Error(
        "has an http server; it takes insecure-skip-tls-verify: true to talk to it without TLS",
      );
  });
}

function guard<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    // The parser's own message may show lines of the file, and with them a token.
    const message = messageOf(cause).split("\n")[0] ?? "";
    throw new WatchError("unreadable", `kubeconfig ${quote(path)}: ${message.slice(0, 200)}`, { cause });
  }
}
