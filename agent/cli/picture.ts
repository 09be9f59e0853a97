// The picture that a command looks at: from files, or once from the Kubernetes API.
import { quote } from "../model/problem.ts";
import { Cluster } from "../watch/cluster.ts";
import { WatchError } from "../watch/errors.ts";
import { kindNames } from "../watch/kinds.ts";
import type { Kind } from "../watch/kinds.ts";
import type { Objects } from "../watch/manifests/objects.ts";
import { readPaths } from "../watch/manifests/paths.ts";
import { readManifests } from "../watch/manifests/read.ts";
import type { ManifestText } from "../watch/manifests/read.ts";
import { CommandError, oneLine, usageError } from "./errors.ts";
import type { Io } from "./io.ts";

/** Which API to ask, and for which nodes. */
export interface ClusterOrigin {
  /** null: as the agent finds it. */
  readonly kubeconfig: string | null;
  /** The only Node that is asked for; null: all. */
  readonly nodeName: string | null;
}

/**
 * The paths that `-f` names; null: it is not given.
 *
 * @param positionals `-f a b c`: what follows the first path without a flag is a path as well.
 */
export function filePaths(
  command: string,
  filename: readonly string[] | undefined,
  positionals: readonly string[],
): readonly string[] | null {
  if (filename !== undefined) return [...filename, ...positionals];
  const [stray] = positionals;
  if (stray !== undefined) throw usageError(`${command}: ${quote(stray)} is no option; paths follow -f`);
  return null;
}

/**
 * @param origin paths of files and directories, or the API.
 * @throws {CommandError} 1 when a path cannot be read, 3 when the API cannot be reached.
 */
export async function readPicture(
  origin: readonly string[] | ClusterOrigin,
  io: Pick<Io, "stdin" | "env">,
): Promise<Cluster> {
  if (!("kubeconfig" in origin)) return pictureOf(await readTexts(origin, io));
  // Loaded only where there is an API: reading kubeconfigs costs start time and memory.
  const { pictureOfCluster } = await import("./cluster-picture.ts");
  return pictureOfCluster(origin, io);
}

/** @throws {CommandError} 1 when a path cannot be read. */
export async function readTexts(
  paths: readonly string[],
  { stdin }: Pick<Io, "stdin">,
): Promise<readonly ManifestText[]> {
  try {
    return await readPaths(paths, stdin);
  } catch (cause) {
    if (cause instanceof WatchError) throw new CommandError(1, oneLine(cause), { cause });
    throw cause;
  }
}

export function pictureOf(texts: readonly ManifestText[]): Cluster {
  const { objects, problems } = readManifests(texts);
  const cluster = new Cluster();
  for (const kind of kindNames) fill(cluster, kind, objects);
  cluster.report("files", problems);
  return cluster;
}

function fill(cluster: Cluster, kind: Kind, objects: Objects): void {
  cluster.replace(kind, objects[kind]);
}
