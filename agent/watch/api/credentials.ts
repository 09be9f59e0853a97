// How to reach the API right now: token, certificates and CA are read again for each connection.
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import { quote } from "../../model/problem.ts";
import { messageOf, WatchError } from "../errors.ts";
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
    const config = this.#load();
    const options: RequestOptions = {};
    try {
      await config.applyToHTTPSOptions(options);
    } catch (cause) {
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

  #load(): KubeConfig {
    // A pod's token is short-lived and read from its file, without the library's cache of a minute.
    if (this.#origin.t === "cluster") return inClusterConfig(this.#root);
    const { paths } = this.#origin;
    const texts = readFiles(paths);
    const loaded = this.#loaded;
    if (loaded !== null && texts.every((text, index) => text === loaded.texts[index])) return loaded.config;
    const config = parseFiles(paths, texts);
    this.#loaded = { config, texts };
    return config;
  }
}

function texts(headers: RequestOptions["headers"]): Readonly<Record<string, string>> {
  const entries: [string, unknown][] = Object.entries(headers ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
