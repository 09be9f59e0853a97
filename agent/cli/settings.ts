// The agent's settings as commands read them: flags, environment and the file that --config names.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { SettingsError } from "../config/settings-error.ts";
import { readSettings, settingsFile } from "../config/settings.ts";
import type { Settings } from "../config/settings-table.ts";
import { oneLine, usageError } from "./errors.ts";
import type { Io } from "./io.ts";

/** @throws {CommandError} usage, for the first setting that is unknown or not allowed. */
export async function loadSettings(argv: readonly string[], { env }: Pick<Io, "env">): Promise<Settings> {
  try {
    const path = settingsFile({ argv, env });
    const file = path === null ? {} : { file: { path, text: await readSettingsFile(path) } };
    return readSettings({ argv, env, hostname: hostname(), podNamespace: podNamespace(env), ...file });
  } catch (cause) {
    if (cause instanceof SettingsError) throw usageError(oneLine(cause), cause);
    throw cause;
  }
}

/** As client-go finds it: from the downward API, else beside the token of the pod's ServiceAccount. */
function podNamespace(env: Io["env"]): string | null {
  const { POD_NAMESPACE: named } = env;
  if (named !== undefined && named !== "") return named;
  try {
    return readFileSync("/var/run/secrets/kubernetes.io/serviceaccount/namespace", "utf8").trim();
  } catch {
    return null;
  }
}

async function readSettingsFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw usageError(`--config: ${oneLine(cause)}`, cause);
  }
}
