// What was measured of the engines, for people.
import { table } from "../../agent/cli/table.ts";
import type { EngineName } from "../../lab/rack/speaker.ts";
import { summarise } from "../statistics.ts";
import type { Figures } from "./measure.ts";

export interface EngineFigures extends Figures {
  readonly engine: EngineName;
  /** What the bare ways are called: for one route, and for many. */
  readonly one: string;
  readonly many: string;
}

/** What one route event, and what all routes from nothing, may cost at most: how many times the bare way's median. */
const bounds = {
  gobgp: { one: 1.5, many: 2 },
  frr: { one: 1.1, many: 2 },
  bird: { one: 1.3, many: 2 },
} as const;

export function waysTable(all: readonly EngineFigures[], routes: number): string {
  const head = ["ENGINE", "CALL → ToR KERNEL", "BY", "P50 ms", "P95 ms", "n", "× BARE", "AT MOST"];
  return table(
    head,
    all.flatMap((figures) => rowsOf(figures, routes)),
  );
}

export function costsTable(all: readonly EngineFigures[], routes: number): string {
  return table(
    [
      "ENGINE",
      "READ BACK, P50 ms",
      "COUNT, P50 ms",
      "… SPEAKER'S PROCESSOR, ms",
      "RSS MB, NO ROUTE",
      `RSS MB, ${routes} ROUTES`,
    ],
    all.map(({ engine, costs: { readBack, count, countSpeakerMs, idleMb, fullMb } }) => [
      engine,
      summarise(readBack).p50.toFixed(1),
      summarise(count).p50.toFixed(1),
      countSpeakerMs.toFixed(1),
      idleMb.toFixed(0),
      fullMb.toFixed(0),
    ]),
  );
}

function rowsOf({ engine, one, many, driver, bare }: EngineFigures, routes: number): string[][] {
  const bound = bounds[engine];
  const pair = (
    what: string,
    name: string,
    own: readonly number[],
    bareOnes: readonly number[],
    most: number,
  ) => {
    const [ours, theirs] = [summarise(own), summarise(bareOnes)];
    const ratio = (ours.p50 / theirs.p50).toFixed(2);
    const figures = ({ p50, p95, count }: typeof ours) => [p50.toFixed(2), p95.toFixed(2), String(count)];
    return [
      [engine, what, name, ...figures(theirs), "", ""],
      [engine, what, "driver", ...figures(ours), ratio, most.toFixed(1)],
    ];
  };
  return [
    ...pair(`one route added to ${routes}`, one, driver.add, bare.add, bound.one),
    ...pair(`one of them withdrawn`, one, driver.withdraw, bare.withdraw, bound.one),
    ...pair(`${routes} from nothing`, many, driver.nothing, bare.nothing, bound.many),
  ];
}
