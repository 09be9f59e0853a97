// The speaker that the settings name. Its driver is loaded only when asked for: it costs start time and memory.
import type { Settings } from "../config/settings-table.ts";
import type { Engine } from "../engine/contract.ts";
import type { FileEngine } from "../engine/rendering.ts";
import { TemplateError } from "../engine/templates/template-error.ts";
import { readOverrides } from "../engine/templates/overrides.ts";
import type { Overrides } from "../engine/templates/overrides.ts";
import { usageError } from "./errors.ts";

export async function engineOf(settings: Settings): Promise<Engine> {
  if (settings.engine !== "gobgp") return fileEngineOf(settings);
  const { gobgpEngine } = await import("../engine/gobgp/engine.ts");
  return gobgpEngine({ address: settings.gobgpAddress });
}

/** @throws {CommandError} usage: nothing is written for this speaker, or a template cannot be used. */
export async function fileEngineOf(settings: Settings): Promise<FileEngine> {
  switch (settings.engine) {
    case "gobgp":
      throw usageError(
        "--engine: nothing is written for gobgp, which is told everything by its API; frr or bird?",
      );
    case "frr": {
      const { frrEngine } = await import("../engine/frr/engine.ts");
      const { frrTemplateNames } = await import("../engine/frr/rendering.ts");
      const { frrSockets: sockets, frrConfig: config, frrAdopt: adopt } = settings;
      return usable(async () =>
        frrEngine({ sockets, config, adopt, overrides: await overridesOf(settings, frrTemplateNames) }),
      );
    }
    case "bird": {
      const { birdEngine } = await import("../engine/bird/engine.ts");
      const { birdTemplateNames } = await import("../engine/bird/templates.ts");
      const { birdSocket: socket, birdDir: directory } = settings;
      return usable(async () =>
        birdEngine({ socket, directory, templates: await overridesOf(settings, birdTemplateNames) }),
      );
    }
  }
}

async function overridesOf({ templates, engine }: Settings, names: readonly string[]): Promise<Overrides> {
  return templates === null ? new Map() : readOverrides(templates, engine, names);
}

async function usable<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof TemplateError) throw usageError(`--templates: ${error.message}`, error);
    throw error;
  }
}
