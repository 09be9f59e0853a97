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

export interface Memory {
  /** MB (10⁶ bytes). */
  readonly resident: number;
  /** The most it ever was. */
  readonly peak: number;
}

export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string) => {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
    if (kilobytes === undefined) throw new Error(`/proc/${pid}/status names no ${name}`);
    return (Number(kilobytes) * 1024) / 1e6;
  };
  return { resident: megabytes("VmRSS"), peak: megabytes("VmHWM") };
}

/** Linux counts in hundredths of a second (USER_HZ). */
const ticksPerSecond = 100;

/** Processor time that a process has used so far, its threads included. */
export function processorSeconds(pid: number): number {
  // After the name, which is in parentheses and may hold anything: proc(5), utime and stime are fields 14 and 15.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function timed(...argv: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  await run(...argv);
  return performance.now() - startedAtMs;
}
