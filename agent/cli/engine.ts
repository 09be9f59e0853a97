// The speaker that the settings name. Its driver is loaded only when asked for: it costs start time and memory.
import type { Settings } from "../config/settings-table.ts";
import type { Engine } from "../engine/contract.ts";
import { usageError } from "./errors.ts";

export async function engineOf(settings: Settings): Promise<Engine> {
  switch (settings.engine) {
    case "gobgp": {
      const { gobgpEngine } = await import("../engine/gobgp/engine.ts");
      return gobgpEngine({ address: settings.gobgpAddress });
    }
    case "frr":
    case "bird":
      throw usageError(`--engine: ${settings.engine} is not available yet`);
  }
}
