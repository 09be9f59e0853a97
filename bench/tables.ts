// The bench's results for people.
import { table } from "../agent/cli/table.ts";
import type { ProbeSamples } from "./probe.ts";
import type { Recovery } from "./recovery.ts";
import { summarise } from "./statistics.ts";
import type { Summary } from "./statistics.ts";

const ms = (value: number) => value.toFixed(2);

export function latencyTable({ bellman, watch, addPath }: ProbeSamples): string {
  const rows = (["add", "withdraw"] as const).flatMap((kind) => {
    const ours = summarise(bellman[kind]);
    const floor = summarise(watch[kind]);
    const bare = summarise(addPath[kind]);
    const own = summarise(bellman[kind].map((value, index) => value - (watch[kind][index] ?? 0)));
    const row = (what: string, value: Summary) => [
      kind,
      what,
      ms(value.p50),
      ms(value.p95),
      (value.p50 / bare.p50).toFixed(2),
      String(value.count),
    ];
    return [
      row("PATCH sent → ToR kernel", ours),
      row("PATCH sent → plain watch client", floor),
      row("bare AddPath → ToR kernel", bare),
      row("Bellman less the watch client", own),
    ];
  });
  return table(["", "", "P50 ms", "P95 ms", "× AddPath", "n"], rows);
}

export function processTable(
  start: { readonly bellman: Summary; readonly node: Summary },
  readyMs: number,
  megabytes: number,
  recovery: Recovery,
): string {
  return table(
    ["AGENT", "", "× node"],
    [
      ["start, p50 ms", ms(start.bellman.p50), (start.bellman.p50 / start.node.p50).toFixed(2)],
      ["start to ready (synced, applied), ms", ms(readyMs), ""],
      ["resident memory, MB", megabytes.toFixed(1), ""],
      ["speaker killed → agent knows, ms", String(recovery.noticedMs), ""],
      ["speaker back → routes and sessions replayed, ms", String(recovery.replayedMs), ""],
    ],
  );
}
