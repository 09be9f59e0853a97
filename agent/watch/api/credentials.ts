// How to reach the API right now: token, certificates and CA are read again for each connection.
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import { quote } from "../../model/problem.ts";
import { messageOf, WatchError } from "../errors.ts";
import { takeExecPlugin } from "./exec-plugin.ts";
import type { Credential, ExecPlugin } from "./exec-plugin.ts";
import { findOrigin, inClusterConfig, parseFiles, readFiles } from "./kubeconfig.ts";
import type { Origin, Surroundings } from "./kubeconfig.ts";

export interface Access {
  readonly server: URL;
  /** TLS material and basic auth, as node:https takes them. */
  readonly options: RequestOptions;
  readonly headers: Readonly<Record<string, string>>;
  /** The way through a proxy; null: none. */
  readonly proxy: Agent | null;
}

interface Loaded {
  readonly config: KubeConfig;
  /** The command that has the credentials; null: the files have them. */
  readonly plugin: ExecPlugin | null;
  /** Texts of the files it was made from. */
  readonly texts: readonly string[];
}

export class Credentials {
  readonly #origin: Origin;
  readonly #root: string;
  #loaded: Loaded | null = null;

  /** @throws {WatchError} `unreadable` when there is nothing to go by, or what there is makes no sense. */
  constructor(file: string | undefined, surroundings: Surroundings) {
    this.#origin = findOrigin(file, surroundings);
    this.#root = surroundings.root ?? "";
    this.#load();
  }

  /** @throws {WatchError} `unreadable` when a file is gone or broken by now. */
  async access(): Promise<Access> {
    const { config, plugin } = this.#load();
    const options: RequestOptions = {};
    try {
      await config.applyToHTTPSOptions(options);
      if (plugin !== null) applyCredential(options, await plugin.credential(Date.now()));
    } catch (cause) {
      if (cause instanceof WatchError) throw cause;
      const message = `the credentials for the API cannot be read: ${quote(messageOf(cause))}; check the files and commands that the kubeconfig names`;
      throw new WatchError("unreadable", message, { cause });
    }
    const cluster = config.getCurrentCluster();
    const { agent, headers, ...rest } = options;
    const proxied = cluster?.proxyUrl !== undefined && typeof agent === "object";
    return {
      server: new URL(cluster?.server ?? ""),
      options: rest,
      headers: texts(headers),
      proxy: proxied ? agent : null,
    };
  }

  /** The API did not take what it was shown: nothing is kept, tokens of plugins included. */
  forget(): void {
    this.#loaded = null;
  }

  #load(): Loaded {
    // A pod's token is short-lived and read from its file, without the library's cache of a minute.
    if (this.#origin.t === "cluster") return { config: inClusterConfig(this.#root), plugin: null, texts: [] };
    const { paths } = this.#origin;
    const texts = readFiles(paths);
    const loaded = this.#loaded;
    if (loaded !== null && texts.every((text, index) => text === loaded.texts[index])) return loaded;
    const config = parseFiles(paths, texts);
    const now = { config, plugin: takeExecPlugin(config), texts };
    this.#loaded = now;
    return now;
  }
}

function applyCredential(options: RequestOptions, { token, certificate, key }: Credential): void {
  if (certificate !== null && key !== null) Object.assign(options, { cert: certificate, key });
  if (token !== null) options.headers = { ...texts(options.headers), Authorization: `Bearer ${token}` };
}

function texts(headers: RequestOptions["headers"]): Readonly<Record<string, string>> {
  const entries: [string, unknown][] = Object.entries(headers ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
