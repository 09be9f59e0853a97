// The picture from a directory of manifests: read at start, then followed as files are edited.
import { watch } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { Log } from "../../model/log.ts";
import type { Clock } from "../../time/clock.ts";
import { WatchError } from "../errors.ts";
import { kindNames } from "../kinds.ts";
import type { Kind } from "../kinds.ts";
import { sameObject } from "../same.ts";
import type { Sink, Source, WatchObserver } from "../sink.ts";
import { fileObject } from "./contents.ts";
import { Directory } from "./directory.ts";
import type { Scan } from "./directory.ts";
import type { Objects } from "./objects.ts";
import { Wake } from "./wake.ts";

export interface ManifestsOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Looks at least this often, should the kernel keep an edit to itself (network file systems do). Default 2000 ms. */
  readonly pollMs?: number;
  /** Quiet that must follow an edit before it is read: editors write in several steps. Default 10 ms. */
  readonly settleMs?: number;
}

const origin = "manifests";

/** Its run() rejects with a WatchError when the directory cannot be read at start; later it keeps what it has. */
export function manifestsSource(options: ManifestsOptions): Source {
  return { run: (sink, observer, signal) => follow(options, sink, observer, signal) };
}

async function follow(
  options: ManifestsOptions,
  sink: Sink,
  observer: WatchObserver,
  signal: AbortSignal,
): Promise<void> {
  const { directory, clock, log, pollMs = 2000, settleMs = 10 } = options;
  const files = new Directory(directory);
  const wake = new Wake(clock, { pollMs, settleMs });
  // Watching begins before the first look, so that no edit falls between them.
  let stopWatching = watchDirectory(directory, wake, log);
  try {
    let scan = await files.scan();
    for (const kind of kindNames) start(kind, scan.objects, sink, observer);
    sink.report(origin, scan.problems);
    let lost = false;
    for (;;) {
      const touched = await wake.next(scan.unsettled, signal);
      if (signal.aborted) return;
      const next = await files.scan(touched).catch((error: unknown) => {
        if (error instanceof WatchError) return error;
        throw error;
      });
      if (next instanceof WatchError) {
        if (!lost) loseDirectory(options, next, scan, sink, observer);
        lost = true;
        scan = { ...scan, unsettled: false };
        continue;
      }
      if (lost) {
        // It may be another directory of the same name.
        stopWatching();
        stopWatching = watchDirectory(directory, wake, log);
      }
      for (const kind of kindNames) update(kind, scan.objects, next.objects, sink, observer);
      for (const kind of kindNames) prune(kind, scan.objects, next.objects, sink, observer);
      if (lost || !isDeepStrictEqual(scan.problems, next.problems)) sink.report(origin, next.problems);
      for (const kind of kindNames) observer.contact(kind);
      lost = false;
      scan = next;
    }
  } finally {
    stopWatching();
  }
}

function loseDirectory(
  { directory }: ManifestsOptions,
  error: WatchError,
  { problems }: Scan,
  sink: Sink,
  observer: WatchObserver,
): void {
  const message = `${error.message}; what it held before counts on`;
  sink.report(origin, [
    ...problems,
    { object: fileObject(directory), field: "", severity: "error", message },
  ]);
  for (const kind of kindNames) observer.failure(kind, error);
}

/** The poll goes on without it, should the kernel refuse. */
function watchDirectory(directory: string, wake: Wake, log: Log): () => void {
  try {
    const watcher = watch(directory, (_, name) => wake.touch(name));
    watcher.on("error", (error) => {
      log.warn(
        { directory, err: error },
        "lost word of edits in the directory of manifests; looking now and then",
      );
      watcher.close();
    });
    return () => watcher.close();
  } catch (error) {
    log.debug(
      { directory, err: error },
      "no word of edits in the directory of manifests; looking now and then",
    );
    return () => undefined;
  }
}

function start(kind: Kind, objects: Objects, sink: Sink, observer: WatchObserver): void {
  observer.relist(kind, "start");
  sink.replace(kind, objects[kind]);
  observer.contact(kind);
}

/** What came or changed, before anything goes: a service may move from one address to another. */
function update(kind: Kind, before: Objects, now: Objects, sink: Sink, observer: WatchObserver): void {
  for (const [key, object] of now[kind]) {
    const old = before[kind].get(key);
    if (sameObject(old, object)) continue;
    observer.event(kind, old === undefined ? "added" : "modified");
    sink.set(kind, key, object);
  }
}

function prune(kind: Kind, before: Objects, now: Objects, sink: Sink, observer: WatchObserver): void {
  for (const key of before[kind].keys()) {
    if (now[kind].has(key)) continue;
    observer.event(kind, "deleted");
    sink.remove(kind, key);
  }
}
