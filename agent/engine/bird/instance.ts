// Makes BIRD run our BGP instance: what our files say of it, BIRD is made to do.
import { EngineError, sameInstance } from "../contract.ts";
import type { BgpInstance } from "../contract.ts";
import { ConfigError } from "./bird.ts";
import type { Bird } from "./bird.ts";
import { Changes } from "./changes.ts";
import { present } from "./configuration.ts";
import type { Configuration, Written } from "./configuration.ts";
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

const nothingWritten: Written = { routes: new Map(), peers: new Map() };

interface EnsureOptions {
  readonly bird: Bird;
  readonly files: IncludeFiles;
  readonly configuration: Configuration;
  readonly instance: BgpInstance;
  /** ms since the epoch */
  readonly nowMs: number;
}

/**
 * BIRD may run with older files than there are: somebody was stopped between the two. Nothing happens when it does not.
 *
 * @throws {EngineError}
 */
export async function ensureInstance(options: EnsureOptions): Promise<EnsuredInstance> {
  const { bird, files, configuration, instance, nowMs } = options;
  await files.prepare(nowMs);
  await finish(options);
  const noted = readInstance((await files.read(fileNames.peers)) ?? "");
  const restarted = noted === null ? null : difference(noted, instance);
  const written = await configuration.read();
  const fresh = restarted !== null || (noted === null && written.routes.size === 0);
  if (fresh) configuration.pieces.replace([], []);
  if (fresh || noted === null) await configuration.rewriteAll();
  await reread(bird, configuration, fresh ? nothingWritten : written);
  const protocols = await bird.protocols();
  if (!Object.values(staticNames).every((name) => protocols.some((protocol) => protocol.name === name)))
    throw new EngineError(
      "refused",
      `BIRD does not read ${files.directory}: add include "${files.directory}/*.conf"; to its bird.conf`,
    );
  return { fresh, restarted };
}

/** An agent was killed in the middle of a change: what BIRD does not take of it gives way to what there was before. */
async function finish({ bird, files, configuration }: EnsureOptions): Promise<void> {
  if (!(await files.interrupted())) return;
  if (await wasRefused(configuration, bird.configure())) await files.putBack();
  else await files.settle();
}

/**
 * Files of ours that BIRD does not take are written anew from what they were made from. What it does not take of that
 * either is left out: then the others run, and whoever asks for the rest is told what BIRD says.
 */
async function reread(bird: Bird, configuration: Configuration, written: Written): Promise<void> {
  if (!(await wasRefused(configuration, bird.configure()))) return;
  await configuration.rewriteAll();
  if (!(await wasRefused(configuration, bird.configure()))) return;
  configuration.pieces.replace([], []);
  const all = { announce: present(written.routes), addPeers: present(written.peers) };
  const change = { ...all, withdraw: [], removePeers: [] };
  await new Changes(configuration, change, () => configuration.tryAll()).apply();
  await configuration.rewriteAll();
  await bird.configure();
}

/** Has BIRD complained of our files? Any other complaint is thrown. */
async function wasRefused(configuration: Configuration, work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (!(error instanceof ConfigError) || !configuration.isOurs(error)) throw error;
    return true;
  }
}

/** In words what was running instead of the wish; null: it is the wish. */
function difference(noted: NotedInstance, wish: BgpInstance): string | null {
  if (sameInstance(noted, wish)) return null;
  const { asn, routerId, listenPort } = noted;
  return `BIRD ran AS ${asn} with router ID ${routerId} and listen port ${listenPort} for us`;
}
