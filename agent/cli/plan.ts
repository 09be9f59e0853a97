// `bellman plan`: what a node would announce, from files or from the cluster, without speaker.
import { planJson } from "../plan/json.ts";
import { decideOnce } from "../reconcile/offline.ts";
import {
  commandSettings,
  commonOptions,
  parseArguments,
  settingOptions,
  settingsUsage,
  sourceOptions,
} from "./arguments.ts";
import { usageError } from "./errors.ts";
import type { ExitCode } from "./errors.ts";
import type { Io } from "./io.ts";
import { parseFormat, render } from "./output.ts";
import { filePaths, readPicture } from "./picture.ts";
import { planTable } from "./plan-table.ts";

const planUsage = `bellman plan [-f PATH…] [--node NAME] [-o table|wide|json|yaml] [--SETTING VALUE…]

  What the node would announce, from manifests: files, directories, or - for standard input
  ("kubectl get svc,endpointslices,nodes,bgpconfigurations,bgppeers -A -o yaml" will do).
  Without -f: from the cluster, by default for the node that the agent would work for.
  Exit code 1: a problem is an error, or there is no such node. 3: the API cannot be reached.

  Settings as of bellman agent, also from its environment variables:
${settingsUsage}`;

export async function planCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArguments("plan", argv, {
    ...settingOptions,
    ...sourceOptions,
    ...commonOptions,
  });
  if (values.help === true) {
    io.stdout(planUsage);
    return 0;
  }
  const format = parseFormat(values.output);
  const paths = filePaths("plan", values.filename, positionals);
  if (paths !== null && values.node === undefined) throw usageError("plan: which node? give --node NAME");
  const settings = await commandSettings(values, io);
  const cluster = await readPicture(paths ?? settings, io);
  const plan = decideOnce(cluster, settings).plan();
  io.stdout(render(format, planJson(plan), (wide) => planTable(plan, wide)));
  return plan.problems.some(({ severity }) => severity === "error") ? 1 : 0;
}
