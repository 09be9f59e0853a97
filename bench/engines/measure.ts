// One speaker, driven by its driver and barely in turn: thousands of routes from nothing, and single routes on top.
import type { EngineLink } from "../../agent/engine/contract.ts";
import type { Prefix } from "../../agent/model/prefix.ts";
import { prefixAddress } from "../../agent/model/prefix.ts";
import { plainRoute } from "../../agent/model/route.ts";
import type { KernelWatch } from "../kernel-watch.ts";
import type { Bare } from "./bare.ts";

/** Samples in ms, from the call until the ToR's kernel has it. */
export interface Samples {
  readonly nothing: number[];
  readonly add: number[];
  readonly withdraw: number[];
}

/** What is beside the way of a route. */
export interface Costs {
  /** Reading back all that the speaker holds, in ms. */
  readonly readBack: number[];
  /** Counting them, as every 10 s, in ms; and what processor time of the speaker one count takes, in ms. */
  readonly count: number[];
  readonly countSpeakerMs: number;
  /** Of all processes of the speaker, in MB (10⁶ bytes): with the session alone, and with all routes. */
  readonly idleMb: number;
  readonly fullMb: number;
}

export interface Figures {
  readonly driver: Samples;
  readonly bare: Samples;
  readonly costs: Costs;
}

/** One of the two ways. */
interface Way {
  readonly samples: Samples;
  readonly prepare: () => void;
  readonly announce: (prefixes: readonly Prefix[]) => Promise<unknown>;
  readonly withdraw: (prefixes: readonly Prefix[]) => Promise<unknown>;
}

export interface Work {
  readonly link: EngineLink;
  readonly bare: Bare;
  readonly kernel: KernelWatch;
  /** Routes from nothing, which then stay below the single ones. */
  readonly many: readonly Prefix[];
  /** Added and withdrawn one after the other. */
  readonly single: readonly Prefix[];
  /** What the speaker takes now, in MB. */
  readonly memory: () => Promise<number>;
  /** What the speaker has used of processors so far, in s. */
  readonly processor: () => Promise<number>;
  /** Resolves when the ToR's kernel has no route of ours. */
  readonly torEmpty: () => Promise<void>;
}

/** The more routes, the longer each takes, and the steadier it is. */
const trialsWith = (routes: number) => (routes > 20_000 ? 3 : 11);
/** Linux counts processor time in hundredths of a second. */
const counts = 50;
/** Single routes of one way before it is the other's turn: what else the machine does meets both. */
const inTurn = 10;

export async function measure(work: Work): Promise<Figures> {
  const { link, bare, many, single } = work;
  const idleMb = await work.memory();
  const driverWay: Way = {
    samples: { nothing: [], add: [], withdraw: [] },
    prepare: () => undefined,
    announce: (prefixes) => apply(link, prefixes, []),
    withdraw: (prefixes) => apply(link, [], prefixes),
  };
  const bareWay: Way = {
    samples: { nothing: [], add: [], withdraw: [] },
    prepare: () => bare.prepare(),
    announce: (prefixes) => bare.announce(prefixes),
    withdraw: (prefixes) => bare.withdraw(prefixes),
  };
  const ways = [bareWay, driverWay];
  const trials = trialsWith(many.length);
  for (let trial = 0; trial < trials; trial++)
    for (const way of ways) {
      await bare.alone(way === bareWay);
      await fromNothing(work, way);
      // The driver's last ones stay.
      if (trial === trials - 1 && way === driverWay) break;
      await way.withdraw(many);
      await work.torEmpty();
    }
  const fullMb = await work.memory();
  const readBack: number[] = [];
  for (let trial = 0; trial < trials; trial++) readBack.push(await timed(() => link.held()));
  const count: number[] = [];
  const usedBefore = await work.processor();
  for (let trial = 0; trial < counts; trial++) count.push(await timed(() => link.count()));
  const countSpeakerMs = ((await work.processor()) - usedBefore) * (1000 / counts);
  for (let from = 0; from < single.length; from += inTurn)
    for (const way of ways) {
      way.prepare();
      for (const prefix of single.slice(from, from + inTurn)) await one(work.kernel, way, prefix);
    }
  return {
    driver: driverWay.samples,
    bare: bareWay.samples,
    costs: { readBack, count, countSpeakerMs, idleMb, fullMb },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const calledAtMs = performance.now();
  await work();
  return performance.now() - calledAtMs;
}

async function fromNothing({ kernel, many }: Work, way: Way): Promise<void> {
  way.prepare();
  const all = kernel.all(new Set(many.map(prefixAddress)));
  const calledAtMs = performance.now();
  await way.announce(many);
  way.samples.nothing.push((await all) - calledAtMs);
}

async function one(kernel: KernelWatch, way: Way, prefix: Prefix): Promise<void> {
  const address = prefixAddress(prefix);
  for (const kind of ["add", "withdraw"] as const) {
    const changed = kernel.next(address, kind === "add" ? "set" : "deleted");
    const calledAtMs = performance.now();
    await (kind === "add" ? way.announce([prefix]) : way.withdraw([prefix]));
    way.samples[kind].push((await changed) - calledAtMs);
  }
}

async function apply(
  link: EngineLink,
  announce: readonly Prefix[],
  withdraw: readonly Prefix[],
): Promise<void> {
  const change = { announce: announce.map(plainRoute), withdraw, addPeers: [], removePeers: [] };
  const [rejection] = await link.apply(change);
  if (rejection !== undefined) throw rejection.error;
}
