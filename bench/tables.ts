// The bench's results for people.
import { table } from "../agent/cli/table.ts";
import type { EngineName } from "../lab/rack/speaker.ts";
import type { SizeFigures } from "./rack.ts";
import type { Recovery } from "./recovery.ts";
import { summarise } from "./statistics.ts";
import type { Summary } from "./statistics.ts";

const ms = (value: number) => value.toFixed(2);

export interface EngineRecovery extends Recovery {
  readonly engine: EngineName;
}

export function latencyTable({ engine, services, samples }: SizeFigures): string {
  const { bellman, watch, addPath } = samples;
  const rows = (["add", "withdraw"] as const).flatMap((kind) => {
    const ours = summarise(bellman[kind]);
    const floor = summarise(watch[kind]);
    const bare = addPath === null ? null : summarise(addPath[kind]);
    const own = summarise(bellman[kind].map((value, index) => value - (watch[kind][index] ?? 0)));
    const row = (what: string, value: Summary) => [
      kind,
      what,
      ms(value.p50),
      ms(value.p95),
      bare === null ? "" : (value.p50 / bare.p50).toFixed(2),
      String(value.count),
    ];
    return [
      row("PATCH sent → ToR kernel", ours),
      row("PATCH sent → plain watch client", floor),
      ...(bare === null ? [] : [row("bare AddPath → ToR kernel", bare)]),
      row("Bellman less the watch client", own),
    ];
  });
  return table([`${services} SERVICES, ${engine}`, "", "P50 ms", "P95 ms", "× AddPath", "n"], rows);
}

/** One row per engine and size, with what grew beside the engine's first. */
export function sizesTable(figures: readonly SizeFigures[]): string {
  const latency = ({ samples: { bellman } }: SizeFigures) => summarise([...bellman.add, ...bellman.withdraw]);
  const rows = figures.map((figure) => {
    const { engine, services, coldStartMs, memory, samples } = figure;
    const first = figures.find((other) => other.engine === engine);
    const { p50, p95 } = latency(figure);
    return [
      engine,
      String(services),
      ms(p50),
      ms(p95),
      (p50 / (first === undefined ? NaN : latency(first).p50)).toFixed(2),
      coldStartMs.toFixed(0),
      samples.agentSeconds.toFixed(2),
      memory.resident.toFixed(0),
      memory.peak.toFixed(0),
    ];
  });
  const head = [
    "ENGINE",
    "SERVICES",
    "P50 ms",
    "P95 ms",
    "× FIRST",
    "COLD START ms",
    "CPU s OF FLIPS",
    "RSS MB",
    "PEAK MB",
  ];
  return table(head, rows);
}

export function processTable(
  start: { readonly bellman: Summary; readonly node: Summary },
  recoveries: readonly EngineRecovery[],
): string {
  return table(
    ["AGENT", "", "× node"],
    [
      ["start, p50 ms", ms(start.bellman.p50), (start.bellman.p50 / start.node.p50).toFixed(2)],
      ...recoveries.flatMap(({ engine, noticedMs, establishedMs }) => [
        [`${engine}: speaker killed → agent knows, ms`, String(noticedMs), ""],
        [`${engine}: speaker back → its session is up, ms`, String(establishedMs), ""],
      ]),
    ],
  );
}
