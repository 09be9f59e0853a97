// Commands that show one answer of the running agent: status, routes, peers.
import { agentUsage, askAgent } from "./agent-client.ts";
import { agentOptions, commonOptions, parseArguments } from "./arguments.ts";
import { usageError } from "./errors.ts";
import type { ExitCode } from "./errors.ts";
import type { Io } from "./io.ts";
import { parseFormat, render } from "./output.ts";
import { quote } from "../model/problem.ts";

export interface Asking<T extends object> {
  readonly name: string;
  /** A paragraph for the help. */
  readonly about: string;
  readonly path: string;
  readonly is: (answer: unknown) => answer is T;
  readonly table: (answer: T, wide: boolean) => string;
  readonly exitCode: (answer: T) => ExitCode;
}

export function askingCommand<T extends object>(asking: Asking<T>) {
  const usage = `bellman ${asking.name} [--agent URL] [-o table|wide|json|yaml]\n\n  ${asking.about}\n  3: the agent cannot be reached.\n\n${agentUsage}`;
  return async (argv: readonly string[], io: Io): Promise<ExitCode> => {
    const { values, positionals } = parseArguments(asking.name, argv, { ...agentOptions, ...commonOptions });
    if (values.help === true) {
      io.stdout(usage);
      return 0;
    }
    const [stray] = positionals;
    if (stray !== undefined) throw usageError(`${asking.name}: unexpected argument ${quote(stray)}`);
    const format = parseFormat(values.output);
    const answer = await askAgent(values.agent, asking.path, asking.is);
    io.stdout(render(format, answer, (wide) => asking.table(answer, wide)));
    return asking.exitCode(answer);
  };
}
