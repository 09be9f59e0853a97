// Makes BIRD run our BGP instance: what our files say of it, BIRD is made to do.
import { EngineError, sameInstance } from "../contract.ts";
import type { BgpInstance } from "../contract.ts";
import { ConfigError } from "./bird.ts";
import type { Bird } from "./bird.ts";
import type { Configuration } from "./configuration.ts";
import type { IncludeFiles } from "./files.ts";
import { staticNames } from "./names.ts";
import type { NotedInstance } from "./notes.ts";
import { readInstance } from "./read-back.ts";
import { fileNames } from "./texts.ts";

export interface EnsuredInstance {
  readonly fresh: boolean;
  /** Why another instance was given up; null: none was. */
  readonly restarted: string | null;
}

interface EnsureOptions {
  readonly bird: Bird;
  readonly files: IncludeFiles;
  readonly configuration: Configuration;
  readonly instance: BgpInstance;
}

/**
 * BIRD may run with older files than there are: somebody was stopped between the two. Nothing happens when it does not.
 *
 * @throws {EngineError}
 */
export async function ensureInstance(options: EnsureOptions): Promise<EnsuredInstance> {
  const { bird, files, configuration, instance } = options;
  await files.prepare();
  const noted = readInstance((await files.read(fileNames.peers)) ?? "");
  const restarted = noted === null ? null : difference(noted, instance);
  const { routes } = await configuration.read();
  const fresh = restarted !== null || (noted === null && routes.size === 0);
  if (fresh) configuration.pieces.replace([], []);
  if (fresh || noted === null) await configuration.rewriteAll();
  await reread(bird, configuration);
  const protocols = await bird.protocols();
  if (!Object.values(staticNames).every((name) => protocols.some((protocol) => protocol.name === name)))
    throw new EngineError(
      "refused",
      `BIRD does not read ${files.directory}: add include "${files.directory}/*.conf"; to its bird.conf`,
    );
  return { fresh, restarted };
}

/** Files of ours that BIRD does not take, for somebody has changed them, are written anew from what they were made from. */
async function reread(bird: Bird, configuration: Configuration): Promise<void> {
  try {
    await bird.configure();
  } catch (error) {
    if (!(error instanceof ConfigError) || !configuration.isOurs(error)) throw error;
    await configuration.rewriteAll();
    await bird.configure();
  }
}

/** In words what was running instead of the wish; null: it is the wish. */
function difference(noted: NotedInstance, wish: BgpInstance): string | null {
  if (sameInstance(noted, wish)) return null;
  const { asn, routerId, listenPort } = noted;
  return `BIRD ran AS ${asn} with router ID ${routerId} and listen port ${listenPort} for us`;
}
