// What an agent costs: time to start, memory.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../test/support/netns.ts";
import { projectRoot } from "../test/support/paths.ts";
import { summarise } from "./statistics.ts";
import type { Summary } from "./statistics.ts";

/** Wall time of `node dist/bellman.mjs --version` in ms, beside that of Node.js doing nothing. */
export async function startTimes(
  trials: number,
): Promise<{ readonly bellman: Summary; readonly node: Summary }> {
  const bellman: number[] = [];
  const node: number[] = [];
  for (let trial = 0; trial < trials; trial++) {
    bellman.push(await timed(process.execPath, join(projectRoot, "dist/bellman.mjs"), "--version"));
    node.push(await timed(process.execPath, "-e", "0"));
  }
  return { bellman: summarise(bellman), node: summarise(node) };
}

/** Resident memory of a process in MB (10⁶ bytes). */
export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status names no VmRSS`);
  return (Number(kilobytes) * 1024) / 1e6;
}

async function timed(...argv: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  await run(...argv);
  return performance.now() - startedAtMs;
}
