// The speaker that the settings name. Its driver is loaded only when asked for: it costs start time and memory.
import type { Settings } from "../config/settings-table.ts";
import type { Engine } from "../engine/contract.ts";
import type { FileEngine } from "../engine/rendering.ts";
import { usageError } from "./errors.ts";

export async function engineOf(settings: Settings): Promise<Engine> {
  if (settings.engine !== "gobgp") return fileEngineOf(settings);
  const { gobgpEngine } = await import("../engine/gobgp/engine.ts");
  return gobgpEngine({ address: settings.gobgpAddress });
}

/** @throws {CommandError} usage: nothing is written for this speaker, or a template cannot be used. */
export function fileEngineOf({ engine }: Settings): Promise<FileEngine> {
  if (engine === "gobgp")
    return Promise.reject(
      usageError("--engine: nothing is written for gobgp, which is told everything by its API; frr or bird?"),
    );
  return Promise.reject(usageError(`--engine: ${engine} is not available yet`));
}
