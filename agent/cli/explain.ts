// `bellman explain X`: why X is or is not announced from a node.
import { quote } from "../model/problem.ts";
import { explain } from "../reconcile/explain.ts";
import { parseQuery, queryForms } from "../reconcile/explain-query.ts";
import type { Explanation } from "../reconcile/explanation.ts";
import { decideOnce } from "../reconcile/offline.ts";
import { agentUsage, askAgent, hasLists } from "./agent-client.ts";
import {
  agentOptions,
  commandSettings,
  commonOptions,
  givenSettings,
  parseArguments,
  settingOptions,
  settingsUsage,
  sourceOptions,
} from "./arguments.ts";
import { usageError } from "./errors.ts";
import type { ExitCode } from "./errors.ts";
import { explainTable } from "./explain-table.ts";
import type { Io } from "./io.ts";
import { parseFormat, render } from "./output.ts";
import { readPicture } from "./picture.ts";

const usage = `bellman explain X [--agent URL | -f PATH --node NAME | --kubeconfig FILE] [-o table|wide|json|yaml]

  Why X is or is not announced from a node: which rule, which objects with their values, and what would
  change the answer. X is ${queryForms}.
  Asks the running agent; with -f (which may be repeated) it looks at manifests as bellman plan does, with
  --kubeconfig at the cluster. -o wide tells every gate that was passed.
  Exit code 1: not announced. 3: the agent or the API cannot be reached.

${agentUsage}
  With -f or --kubeconfig, the settings that bellman plan takes:
  --node NAME
${settingsUsage}`;

export async function explainCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArguments("explain", argv, {
    ...settingOptions,
    ...sourceOptions,
    ...agentOptions,
    ...commonOptions,
  });
  if (values.help === true) {
    io.stdout(usage);
    return 0;
  }
  const format = parseFormat(values.output);
  const [text, stray] = positionals;
  if (text === undefined) throw usageError(`explain: explain what? ${queryForms}`);
  if (stray !== undefined)
    throw usageError(`explain: one thing at a time, not ${quote(stray)} as well; each path needs its own -f`);
  const query = parseQuery(text);
  if (query === null) throw usageError(`explain: ${quote(text)} is not ${queryForms}`);

  const fromFiles = values.filename !== undefined;
  if (fromFiles || givenSettings(values).includes("--kubeconfig")) {
    if (values.agent !== undefined)
      throw usageError("explain: --agent asks the running agent; leave it out with -f or --kubeconfig");
    if (fromFiles && values.node === undefined)
      throw usageError("explain: from which node? give --node NAME");
    const settings = await commandSettings(values, io);
    const cluster = await readPicture(values.filename ?? settings, io);
    const desired = decideOnce(cluster, settings);
    return show(explain(text, query, { cluster, desired, holds: null }));
  }
  const [setting] = [...givenSettings(values), ...(values.node === undefined ? [] : ["--node"])];
  if (setting !== undefined)
    throw usageError(
      `explain: ${setting} goes with -f or --kubeconfig; the agent answers for its node and by its settings`,
    );
  const path = `/api/v1/explain?q=${encodeURIComponent(text)}`;
  return show(await askAgent(values.agent, path, hasLists<Explanation>("prefixes", "nodeState", "problems")));

  function show(answer: Explanation): ExitCode {
    io.stdout(render(format, answer, (wide) => explainTable(answer, wide)));
    return answer.announced ? 0 : 1;
  }
}
