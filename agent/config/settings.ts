// The agent's own settings: a flag beats an environment variable beats the file beats the default.
import { quote } from "../model/problem.ts";
import { clusterIPsFromEnv } from "./cluster-ips-from-env.ts";
import type { Setting, Surroundings } from "./setting.ts";
import { SettingsError } from "./settings-error.ts";
import { flagName, laterFlags } from "./settings-names.ts";
import { fromArgv, fromEnv, fromFile } from "./settings-sources.ts";
import type { Written } from "./settings-sources.ts";
import { settingsTable } from "./settings-table.ts";
import type { Settings, WrittenSettings } from "./settings-table.ts";

export interface SettingsInput extends Surroundings {
  /** Arguments behind `bellman agent`. */
  readonly argv: readonly string[];
  /** What the file that `settingsFile` names holds. */
  readonly file?: { readonly path: string; readonly text: string };
}

/**
 * Path of the file that --config or BELLMAN_CONFIG names, to be read by the caller; null: none is named.
 *
 * @throws {SettingsError} as `readSettings` does for flags and environment variables.
 */
export function settingsFile({ argv, env }: Pick<SettingsInput, "argv" | "env">): string | null {
  return (fromArgv(argv).get("config") ?? fromEnv(env).get("config"))?.text ?? null;
}

/** @throws {SettingsError} for the first setting that is unknown, not available yet, or not allowed. */
export function readSettings({ argv, file, ...surroundings }: SettingsInput): Settings {
  const { env } = surroundings;
  const sources = [fromArgv(argv), fromEnv(env), file === undefined ? null : fromFile(file.path, file.text)];
  const find = (flag: string): Written | null => {
    for (const source of sources) {
      const written = source?.get(flag);
      if (written !== undefined) return written;
    }
    return null;
  };
  for (const flag of laterFlags) {
    const written = find(flag);
    if (written !== null) throw new SettingsError("later", `${written.place} is not available yet`);
  }
  const read = <Name extends keyof WrittenSettings>(name: Name): WrittenSettings[Name] => {
    const written = find(flagName(name));
    const setting = settingsTable[name];
    return written === null ? setting.fallback(surroundings) : parseWritten(setting, written);
  };
  return {
    nodeName: read("nodeName"),
    kubeconfig: read("kubeconfig"),
    manifests: read("manifests"),
    peerSelector: read("peerSelector"),
    namespace: read("namespace"),
    engine: read("engine"),
    gobgpAddress: read("gobgpAddress"),
    frrSockets: read("frrSockets"),
    frrConfig: read("frrConfig"),
    frrAdopt: read("frrAdopt"),
    birdSocket: read("birdSocket"),
    birdDir: read("birdDir"),
    templates: read("templates"),
    routerId: read("routerId"),
    listenPort: read("listenPort"),
    localAddress: read("localAddress"),
    gracefulRestart: read("gracefulRestart"),
    bfd: read("bfd"),
    http: read("http"),
    shutdown: read("shutdown"),
    terminating: read("terminating"),
    excludeLabel: read("excludeLabel"),
    drainTaints: read("drainTaints"),
    drainWaitMs: read("drainWaitMs"),
    stateDir: read("stateDir"),
    loadBalancerClasses: read("loadBalancerClasses"),
    dataplaneGate: read("dataplaneGate"),
    dataplaneGateMaxWaitMs: read("dataplaneGateMaxWaitMs"),
    podCidrs: read("podCidrs"),
    clusterIPsFromEnv: clusterIPsFromEnv(env),
    logLevel: read("logLevel"),
    logFormat: read("logFormat"),
  };
}

function parseWritten<T>(setting: Setting<T>, { text, place }: Written): T {
  const value = setting.parse(text);
  if (value !== null) return value;
  throw new SettingsError("value", `${place}: ${quote(text)} is not ${setting.allowed}`);
}
