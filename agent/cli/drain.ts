// `bellman drain` and `bellman drain --undo`: asks the running agent, follows what comes of it, and tells how it ended.
import { setTimeout as sleep } from "node:timers/promises";
import { durationText, parseDuration } from "../model/duration.ts";
import { quote } from "../model/problem.ts";
import type { DrainJson } from "../serve/drain.ts";
import { agentUsage, askAgent, hasLists } from "./agent-client.ts";
import type { Method } from "./agent-client.ts";
import { agentOptions, commonOptions, parseArguments } from "./arguments.ts";
import { phaseText } from "./drain-text.ts";
import { CommandError, usageError } from "./errors.ts";
import type { ExitCode } from "./errors.ts";
import type { Io } from "./io.ts";
import { parseFormat, render } from "./output.ts";
import { problemTable } from "./problem-table.ts";
import { stopSignal } from "./stop-signal.ts";

const usage = `bellman drain [--undo] [--timeout DURATION] [--agent URL] [-o table|wide|json|yaml]

  Takes the routes of this node away gently, through its running agent: marks them (GRACEFUL_SHUTDOWN, worst MED), waits
  as long as the agent's --drain-wait says, withdraws them. Sessions stay. The node stays drained, over restarts too.
  Exit code 1: not drained (or not back) in time, or something else still drains the node.
  3: the agent cannot be reached.

  --undo
      take the drain back: all routes are announced again, at once
  --timeout DURATION
      how long to wait for the end (default: 30s beyond --drain-wait); the agent goes on by itself
${agentUsage}`;

const everyMs = 200;
const marginMs = 30_000;

/** How the waiting ended: as wanted, against it, not in time, or because somebody pressed Ctrl-C. */
type Outcome = "done" | "refused" | "late" | "left";

export async function drainCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArguments("drain", argv, {
    undo: { type: "boolean" },
    timeout: { type: "string" },
    ...agentOptions,
    ...commonOptions,
  });
  if (values.help === true) {
    io.stdout(usage);
    return 0;
  }
  const [stray] = positionals;
  if (stray !== undefined)
    throw usageError(`drain: unexpected argument ${quote(stray)}: it drains the agent's own node`);
  const format = parseFormat(values.output);
  const timeoutMs = values.timeout === undefined ? null : parseTimeout(values.timeout);
  const ask = (method: Method) => askAgent(values.agent, "/api/v1/drain", isDrain, method);

  const undo = values.undo === true;
  const stop = stopSignal();
  try {
    const first = await ask(undo ? "DELETE" : "POST");
    const told = format === "table" || format === "wide" ? io.stdout : () => undefined;
    const waitMs = timeoutMs ?? first.waitSeconds * 1000 + marginMs;
    const end = await follow({ first, ask: () => ask("GET"), undo, waitMs, told, signal: stop.signal });
    io.stdout(render(format, end.drain, () => problemTable(end.drain.problems)));
    return conclude(end, undo, waitMs);
  } finally {
    stop.release();
  }
}

const isDrain = hasLists<DrainJson>("causes", "problems");

function parseTimeout(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw usageError(`--timeout: ${quote(text)} is not a duration like 30s or 2m`);
  return ms;
}

interface Following {
  readonly first: DrainJson;
  readonly ask: () => Promise<DrainJson>;
  readonly undo: boolean;
  readonly waitMs: number;
  readonly told: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Asks again and again until there is an outcome. An agent that does not answer may be one that restarts. */
async function follow({ first, ask, undo, waitMs, told, signal }: Following) {
  const deadline = performance.now() + waitMs;
  let [drain, fault, said]: [DrainJson, CommandError | null, string] = [first, null, ""];
  for (;;) {
    const line = `${drain.node}: ${phaseText(drain)}\n`;
    if (line !== said) told(line);
    said = line;
    const outcome = outcomeOf(drain, undo);
    if (outcome !== null) return { drain, outcome };
    if (signal.aborted) return { drain, outcome: "left" as const };
    if (performance.now() > deadline) {
      if (fault !== null) throw fault;
      return { drain, outcome: "late" as const };
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    try {
      drain = await ask();
      fault = null;
    } catch (error) {
      if (!(error instanceof CommandError) || error.code !== 3) throw error;
      fault = error;
    }
  }
}

/** null: it goes on. */
function outcomeOf({ phase, settled, causes }: DrainJson, undo: boolean): Outcome | null {
  if (undo !== (causes.length === 0)) return "refused";
  if (!undo) return phase === "withdrawn" && settled ? "done" : null;
  return phase === "off" && settled ? "done" : null;
}

/** @throws {CommandError} 1, with what is left to be done. */
function conclude(
  { drain, outcome }: { readonly drain: DrainJson; readonly outcome: Outcome },
  undo: boolean,
  waitMs: number,
): ExitCode {
  const { node, causes } = drain;
  switch (outcome) {
    case "done":
      return 0;
    case "refused":
      throw new CommandError(
        1,
        undo
          ? `${node} stays drained: ${causes.map(({ says }) => says).join("; ")}`
          : `${node}: the drain was undone meanwhile`,
      );
    case "late":
      throw new CommandError(
        1,
        `${node}: not over after ${durationText(waitMs)}: ${phaseText(drain)}; the agent goes on with it`,
      );
    case "left":
      throw new CommandError(
        1,
        undo
          ? `${node}: the agent goes on announcing again without this command`
          : `${node}: the drain goes on without this command; bellman drain --undo takes it back`,
      );
  }
}
