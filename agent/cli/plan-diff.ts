// `bellman plan --diff`: what a node would announce and withdraw if manifests were applied, or were all there is.
import type { Settings } from "../config/settings-table.ts";
import { quote } from "../model/problem.ts";
import { diffPlans } from "../plan/diff.ts";
import type { PlanDiff } from "../plan/diff.ts";
import { planJson } from "../plan/json.ts";
import type { PlanJson } from "../plan/json.ts";
import type { Desired } from "../reconcile/desired.ts";
import { everything } from "../reconcile/dirty-set.ts";
import { decideOnce } from "../reconcile/offline.ts";
import type { Cluster } from "../watch/cluster.ts";
import { makeChanges, readChangeSet, wiresIn } from "../watch/manifests/change.ts";
import type { ChangeSet, WireStore } from "../watch/manifests/change.ts";
import { askAgent, hasLists } from "./agent-client.ts";
import { CommandError, usageError } from "./errors.ts";
import type { Io } from "./io.ts";
import { pictureOf, readPicture, readTexts } from "./picture.ts";

/** As given on the command line. */
export interface DiffArguments {
  /** null: -f is not given. */
  readonly paths: readonly string[] | null;
  readonly deleted: readonly string[];
  /** The manifests are all there is, and not a change. */
  readonly whole: boolean;
  readonly against: readonly string[] | null;
  /** null: not given. */
  readonly agent: string | null;
}

/** @throws {CommandError} usage, for what does not go together. */
export function checkDiffArguments({ paths, deleted, whole, against, agent }: DiffArguments): void {
  if (against !== null && agent !== null)
    throw usageError("plan: --diff compares with --against or with --agent, not with both");
  if (whole && paths === null) throw usageError("plan: --whole goes with -f");
  if (whole && deleted.length > 0)
    throw usageError("plan: with --whole, what -f does not hold is not there; leave out --delete");
  const stdin = [...(paths ?? []), ...deleted, ...(against ?? [])].filter((path) => path === "-");
  if (stdin.length > 1) throw usageError("plan: standard input can be read only once");
}

/** @throws {CommandError} 1 for a node that is not there, 3 when agent or API cannot be reached. */
export async function planDiff(given: DiffArguments, settings: Settings, io: Io): Promise<PlanDiff> {
  const { paths, deleted, whole, against, agent } = given;
  if (whole || (paths === null && deleted.length === 0)) {
    const desired = decideOnce(await readPicture(paths ?? settings, io), settings);
    insistOnNode(desired, settings);
    const before =
      against === null
        ? await agentPlan(agent, settings.nodeName)
        : planJson(decideOnce(await readPicture(against, io), settings).plan());
    return diffPlans(before, planJson(desired.plan()));
  }
  const change = readChangeSet(await readTexts(paths ?? [], io), await readTexts(deleted, io));
  const { cluster, live } = await readBase(against ?? settings, change, io);
  // One state lives through the change, as that of a running agent would.
  const desired = decideOnce(cluster, settings);
  const before = agent === null ? planJson(desired.plan()) : await agentPlan(agent, settings.nodeName);
  makeChanges(cluster, change, live);
  desired.refresh(everything);
  insistOnNode(desired, settings);
  return diffPlans(before, planJson(desired.plan()));
}

interface Base {
  readonly cluster: Cluster;
  /** The objects that the change is about. */
  readonly live: WireStore;
}

async function readBase(
  origin: readonly string[] | Settings,
  { changes }: ChangeSet,
  io: Pick<Io, "stdin" | "env">,
): Promise<Base> {
  if ("nodeName" in origin) {
    const { baseInCluster } = await import("./cluster-picture.ts");
    return baseInCluster(origin, changes, io);
  }
  const texts = await readTexts(origin, io);
  return { cluster: pictureOf(texts), live: wiresIn(texts, changes) };
}

function insistOnNode({ view }: Desired, { nodeName }: Settings): void {
  if (view.node === undefined)
    throw new CommandError(1, `plan: there is no Node ${quote(nodeName)}; see --node`);
}

async function agentPlan(agent: string | null, node: string): Promise<PlanJson> {
  const plan = await askAgent(
    agent ?? undefined,
    "/api/v1/plan",
    hasLists<PlanJson>("routes", "verdicts", "peers", "problems"),
  );
  if (plan.node === node) return plan;
  throw new CommandError(
    2,
    `--diff: the agent works for node ${plan.node}, and the plan is for ${node}; see --node, --agent`,
  );
}
