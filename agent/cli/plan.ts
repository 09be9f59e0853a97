// `bellman plan`: what a node would announce, from files or from the cluster, without speaker; and what would change.
import { diffPlans, isEmptyDiff } from "../plan/diff.ts";
import { planJson } from "../plan/json.ts";
import type { PlanJson } from "../plan/json.ts";
import { decideOnce } from "../reconcile/offline.ts";
import { agentUsage, askAgent, hasLists } from "./agent-client.ts";
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
import { CommandError, usageError } from "./errors.ts";
import type { ExitCode } from "./errors.ts";
import type { Io } from "./io.ts";
import { parseFormat, render } from "./output.ts";
import { filePaths, readPicture } from "./picture.ts";
import { planTable } from "./plan-table.ts";

const planUsage = `bellman plan [-f PATH…] [--node NAME] [-o table|wide|json|yaml] [--SETTING VALUE…]
bellman plan -f PATH… --node NAME --diff [--against PATH | --agent URL]

  What the node would announce, from manifests: files, directories, or - for standard input
  ("kubectl get svc,endpointslices,nodes,bgpconfigurations,bgppeers -A -o yaml" will do).
  Without -f: from the cluster, by default for the node that the agent would work for.
  Exit code 1: a problem is an error, or there is no such node. 3: the API cannot be reached.

  --diff
      what the node would announce and withdraw if the cluster were as the plan has it, in the manner of
      kubectl diff: from the running agent to the plan. The plan's objects must be all there are, not only
      those that change. Exit code 0: no difference; 1: there is one, or a problem of
      the plan is an error
  --against PATH
      with --diff: from the plan of these manifests instead of the running agent; may be repeated
${agentUsage}
  Settings as of bellman agent, also from its environment variables:
${settingsUsage}`;

export async function planCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArguments("plan", argv, {
    ...settingOptions,
    ...sourceOptions,
    diff: { type: "boolean" },
    against: { type: "string", multiple: true },
    ...agentOptions,
    ...commonOptions,
  });
  if (values.help === true) {
    io.stdout(planUsage);
    return 0;
  }
  const format = parseFormat(values.output);
  const paths = filePaths("plan", values.filename, positionals);
  if (paths !== null && values.node === undefined) throw usageError("plan: which node? give --node NAME");
  const { diff, against, agent } = values;
  if (diff !== true && (against !== undefined || agent !== undefined))
    throw usageError(`plan: ${against === undefined ? "--agent" : "--against"} goes with --diff`);
  if (against !== undefined && agent !== undefined)
    throw usageError("plan: --diff compares with --against or with --agent, not with both");
  const settings = await commandSettings(values, io);
  const decided = async (from: readonly string[] | typeof settings) =>
    decideOnce(await readPicture(from, io), settings).plan();
  const plan = await decided(paths ?? settings);
  if (diff !== true) {
    io.stdout(render(format, planJson(plan), (wide) => planTable(plan, wide)));
    return plan.problems.some(({ severity }) => severity === "error") ? 1 : 0;
  }
  const before = against === undefined ? await agentPlan(agent, plan.node) : planJson(await decided(against));
  const difference = diffPlans(before, planJson(plan));
  io.stdout(render(format, difference, () => diffTable(difference)));
  const errors = plan.problems.filter(({ severity }) => severity === "error");
  for (const { object, field, message } of errors)
    io.stderr(`bellman: plan: ${object} ${field === "" ? "" : `${field} `}${message}\n`);
  return isEmptyDiff(difference) && errors.length === 0 ? 0 : 1;
}

async function agentPlan(agent: string | undefined, node: string): Promise<PlanJson> {
  const plan = await askAgent(
    agent,
    "/api/v1/plan",
    hasLists<PlanJson>("routes", "verdicts", "peers", "problems"),
  );
  if (plan.node === node) return plan;
  throw new CommandError(
    2,
    `--diff: the agent works for node ${plan.node}, and the plan is for ${node}; see --node, --agent`,
  );
}
