// The lab: brings the rack up, shows what Bellman does in it, takes it down. `lab/start.mjs` calls this.
import { demonstrate } from "./demonstration.ts";
import { lookAround } from "./look-around.ts";
import { agentFlags } from "../test/scenarios/offline.ts";
import { emptyRack, labScenario, playInLab } from "../test/scenarios/lab.ts";
import { startRack } from "./rack/rack.ts";
import type { Rack } from "./rack/rack.ts";
import { takingAnyPrefix } from "./rack/shape.ts";
import type { RackShape } from "./rack/shape.ts";
import type { RackEngines } from "./rack/speakers.ts";
import { LabIsUpError, removeLab } from "./rack/state.ts";
import { Show } from "./show.ts";

export { proxyStandIn } from "./proxy/stand-in.ts";

export interface LabOptions {
  readonly command: "up" | "down";
  /** Of the rack: its prefix. */
  readonly name: string;
  readonly check: boolean;
  readonly keep: boolean;
  /** Routers of the ToRs. */
  readonly tors: RackShape["routers"];
  /** Every node and ToR in an AS of its own. */
  readonly ebgp: boolean;
  /** What speaks BGP on the nodes. */
  readonly engine: RackEngines;
  readonly kubernetes: boolean;
  /** Name of a folder in test/scenarios to play instead of the demonstration. */
  readonly scenario: string | null;
}

/** @returns the exit code. */
export async function lab(options: LabOptions): Promise<number> {
  if (options.command === "down") {
    const removed = await removeLab(options.name);
    console.log(removed ? "the lab is gone" : "no lab is up");
    return 0;
  }
  const interrupt = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    console.error(`\n${signal}: taking the lab down`);
    interrupt.abort(new Error(`interrupted by ${signal}`));
  };
  // Not `once`: execa would take a process without listeners for one that wants to die by the signal.
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const show = new Show({
    terse: options.check,
    signal: interrupt.signal,
    print: (line) => console.log(line),
  });
  try {
    return await up(options, show, interrupt.signal);
  } catch (error) {
    if (interrupt.signal.aborted && !(error instanceof TakingDownError)) return 130;
    console.error(`lab: ${explain(error)}`);
    return 1;
  } finally {
    show.done();
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

async function up(options: LabOptions, show: Show, signal: AbortSignal): Promise<number> {
  const cluster = options.kubernetes ? "kubernetes" : "manifests";
  const scenario = options.scenario === null ? null : labScenario(options.scenario);
  const rack = await startRack({
    prefix: options.name,
    tor: options.tors,
    ebgp: options.ebgp,
    engine: options.engine,
    ...(scenario !== null && { torConfig: takingAnyPrefix }),
    cluster,
    agentSettings: scenario === null ? [] : agentFlags(scenario.settings),
    signal,
    say: (step) => show.step(step),
  });
  let kept = false;
  try {
    show.step(scenario === null ? "what a person would look at" : scenario.title);
    show.done();
    if (scenario === null) await demonstrate(rack, show);
    else {
      await emptyRack(rack);
      await playInLab(rack, scenario, (title, look, wanted) => show.expect(title, look, wanted));
    }
    console.log(`\n${show.passed} of ${show.passed + show.failed} expectations met`);
    if (options.keep) {
      await rack.keep();
      kept = true;
      console.log(lookAround(rack));
    }
    return show.failed === 0 ? 0 : 1;
  } finally {
    if (!kept) await takeDown(rack);
  }
}

class TakingDownError extends Error {
  override readonly name = "TakingDownError";
}

async function takeDown(rack: Rack): Promise<void> {
  try {
    await rack.down();
  } catch (cause) {
    throw new TakingDownError("the lab could not be taken down whole; `npm run lab -- down` tries again", {
      cause,
    });
  }
}

/** The chain of causes in one line; only a defect of ours gets its stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof LabIsUpError) return error.message;
  const cause = error.cause === undefined ? "" : `: ${explain(error.cause)}`;
  return `${error.message}${cause}`;
}
