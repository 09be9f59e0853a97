// `bellman plan`: what a node would announce, from files or from the cluster, without speaker; and what would change.
import { hasError } from "../model/problem.ts";
import { isEmptyDiff } from "../plan/diff.ts";
import { planJson } from "../plan/json.ts";
import { decideOnce } from "../reconcile/offline.ts";
import { defaultAgent } from "./agent-client.ts";
import {
  agentOptions,
  commandSettings,
  commonOptions,
  parseArguments,
  settingOptions,
  settingsUsage,
  sourceOptions,
} from "./arguments.ts";
import { diffTable } from "./diff-table.ts";
import { usageError } from "./errors.ts";
import type { ExitCode } from "./errors.ts";
import type { Io } from "./io.ts";
import { parseFormat, render } from "./output.ts";
import { filePaths, readPicture } from "./picture.ts";
import { checkDiffArguments, planDiff } from "./plan-diff.ts";
import { planTable } from "./plan-table.ts";

const planUsage = `bellman plan [-f PATH…] [--node NAME] [-o table|wide|json|yaml] [--SETTING VALUE…]
bellman plan --diff -f PATH… [--delete PATH…] --node NAME [--against PATH… | --agent URL]
bellman plan --diff --whole -f PATH… --node NAME [--against PATH… | --agent URL]

  What the node would announce, from manifests: files, directories, or - for standard input
  ("kubectl get svc,endpointslices,nodes,bgpconfigurations,bgppeers,bgpfilters -A -o yaml" will do).
  Without -f: from the cluster, by default for the node that the agent would work for.
  Exit code 1: a problem is an error, or there is no such node. 3: the API cannot be reached.

  --diff
      what the node would announce and withdraw after "kubectl apply -f": the manifests are laid over the
      objects of the cluster, field by field. Status is not applied, and stays as it is; fields that the last
      apply set and the manifest has no more are removed; an object without a namespace is in default.
      What others make of it is not foreseen: pods, addresses that are yet to be chosen, refusals of the API
      (those kubectl apply --dry-run=server tells). Without -f: what has yet to reach the running agent.
      Exit code 0: no difference; 1: there is one, or it brings a problem that is an error
  --delete PATH
      with --diff: as well, what "kubectl delete -f" takes away, after the apply; may be repeated
  --against PATH
      with --diff: over the objects in these manifests (a dump, say) instead of the cluster's; may be repeated
  --agent URL
      with --diff: compared with what the running agent plans, instead of with the cluster as it is
      (default with --whole: ${defaultAgent})
  --whole
      with --diff: the manifests of -f are all the objects there are, and not a change to others: compared with
      those of --against, else with the running agent

  Settings as of bellman agent, also from its environment variables:
${settingsUsage}`;

export async function planCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArguments("plan", argv, {
    ...settingOptions,
    ...sourceOptions,
    diff: { type: "boolean" },
    delete: { type: "string", multiple: true },
    against: { type: "string", multiple: true },
    whole: { type: "boolean" },
    ...agentOptions,
    ...commonOptions,
  });
  if (values.help === true) {
    io.stdout(planUsage);
    return 0;
  }
  const format = parseFormat(values.output);
  const paths = filePaths("plan", values.filename, positionals);
  const { diff, delete: deleted = [], against = null, agent = null, whole = false } = values;
  if ((paths !== null || deleted.length > 0) && values.node === undefined)
    throw usageError("plan: which node? give --node NAME");
  if (diff === true) {
    const given = { paths, deleted, whole, against, agent };
    checkDiffArguments(given);
    const difference = await planDiff(given, await commandSettings(values, io), io);
    io.stdout(render(format, difference, () => diffTable(difference)));
    return isEmptyDiff(difference) && !hasError(difference) ? 0 : 1;
  }
  for (const flag of ["against", "agent", "delete", "whole"] as const)
    if (values[flag] !== undefined) throw usageError(`plan: --${flag} goes with --diff`);
  const settings = await commandSettings(values, io);
  const plan = decideOnce(await readPicture(paths ?? settings, io), settings).plan();
  io.stdout(render(format, planJson(plan), (wide) => planTable(plan, wide)));
  return hasError(plan) ? 1 : 0;
}
