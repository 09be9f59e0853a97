// `bellman plan -f PATH… --node NAME`: what that node would announce, from files, without speaker or API.
import { parseArgs } from "node:util";
import type { ExcludeLabelMode } from "../decide/node-gates.ts";
import { quote } from "../model/problem.ts";
import { planJson } from "../plan/json.ts";
import type { Plan } from "../plan/plan.ts";
import { Desired } from "../reconcile/desired.ts";
import { DirtySet } from "../reconcile/dirty-set.ts";
import { systemClock } from "../time/clock.ts";
import { Cluster } from "../watch/cluster.ts";
import { kindNames } from "../watch/kinds.ts";
import type { Kind } from "../watch/kinds.ts";
import type { Objects } from "../watch/manifests/objects.ts";
import { readPaths } from "../watch/manifests/paths.ts";
import { readManifests } from "../watch/manifests/read.ts";
import { WatchError } from "../watch/errors.ts";
import { CommandError, oneLine, usageError } from "./errors.ts";
import type { ExitCode } from "./errors.ts";
import type { Io } from "./io.ts";
import { parseFormat, render } from "./output.ts";
import { planTable } from "./plan-table.ts";

const planUsage = `bellman plan -f PATH… --node NAME [-o table|wide|json|yaml] [--exclude-label kubernetes|calico|ignore]

  What the node would announce, from manifests: files, directories, or - for standard input
  ("kubectl get svc,endpointslices,nodes,bgpconfigurations,bgppeers -A -o yaml" will do).
  Exit code 1: a problem is an error, or the input has no such node.
`;

const excludeLabelModes = ["kubernetes", "calico", "ignore"] as const satisfies readonly ExcludeLabelMode[];

export async function planCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const given = readArguments(argv);
  if (given === null) {
    io.stdout(planUsage);
    return 0;
  }
  const { paths, node, format, excludeLabel } = given;
  const { objects, problems } = readManifests(await readTexts(paths, io));
  const cluster = new Cluster();
  for (const kind of kindNames) fill(cluster, kind, objects);
  cluster.report("files", problems);
  const plan = offlinePlan(cluster, node, excludeLabel);
  io.stdout(render(format, planJson(plan), (wide) => planTable(plan, wide)));
  return plan.problems.some(({ severity }) => severity === "error") ? 1 : 0;
}

function offlinePlan(cluster: Cluster, nodeName: string, excludeLabel: ExcludeLabelMode): Plan {
  const desired = new Desired(cluster, {
    nodeName,
    excludeLabel,
    terminating: "deprefer",
    drainTaints: [],
    loadBalancerClasses: [],
    podCidrs: "off",
    routerId: null,
    listenPort: null,
  });
  const dirty = new DirtySet(systemClock);
  dirty.add({ t: "all" });
  desired.refresh(dirty.take());
  return desired.plan();
}

function fill(cluster: Cluster, kind: Kind, objects: Objects): void {
  cluster.replace(kind, objects[kind]);
}

async function readTexts(paths: readonly string[], io: Io): ReturnType<typeof readPaths> {
  try {
    return await readPaths(paths, io.stdin);
  } catch (cause) {
    if (cause instanceof WatchError) throw new CommandError(1, oneLine(cause), { cause });
    throw cause;
  }
}

interface PlanArguments {
  readonly paths: readonly string[];
  readonly node: string;
  readonly format: ReturnType<typeof parseFormat>;
  readonly excludeLabel: ExcludeLabelMode;
}

/** null: help is asked for. */
function readArguments(argv: readonly string[]): PlanArguments | null {
  const { values, positionals } = parse(argv);
  // `-f a b c`: what follows the first path without a flag is a path as well.
  const paths = [...(values.filename ?? []), ...positionals];
  if (values.help === true) return null;
  if (values.filename === undefined) {
    const [stray] = positionals;
    if (stray !== undefined) throw usageError(`plan: ${quote(stray)} is no option; paths follow -f`);
    throw usageError("plan: reading from the cluster is not available yet; give files with -f PATH");
  }
  if (values.node === undefined) throw usageError("plan: which node? give --node NAME");
  const excludeLabel = excludeLabelModes.find((mode) => mode === values["exclude-label"]);
  if (excludeLabel === undefined)
    throw usageError(
      `plan: --exclude-label ${quote(values["exclude-label"])}: must be one of ${excludeLabelModes.join(", ")}`,
    );
  return { paths, node: values.node, format: parseFormat(values.output), excludeLabel };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        filename: { type: "string", short: "f", multiple: true },
        node: { type: "string" },
        output: { type: "string", short: "o", default: "table" },
        "exclude-label": { type: "string", default: "kubernetes" },
        "no-color": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (cause) {
    throw usageError(`plan: ${oneLine(cause)}`, cause);
  }
}
