// `npm run bench`: which measurement, and with which sizes.
import { parseArgs } from "node:util";
import { benchCrowd } from "./crowd.ts";
import { benchDecide } from "./decide.ts";
import { benchEngines } from "./engines/bench.ts";
import { benchRack } from "./rack.ts";
import { benchSync } from "./sync.ts";

const engineNames = ["gobgp", "frr", "bird"] as const;

export const usage = `npm run bench                              API event → ToR kernel, cold start, cost, with 10 services
npm run bench -- --services 10,1000,5000   the same for clusters of several sizes, in one rack
npm run bench -- --engine frr,bird         with these engines only; default: with each
npm run bench -- decide                    what deciding costs, and the picture's memory: no root needed
npm run bench -- engines                   each driver beside the barest way to drive the same daemon, with 10,000 routes
npm run bench -- engines frr --routes 50000  … with so many, by this one
npm run bench -- peers                     64 sessions and 10,000 routes on one node: until all have all, one change, memory
npm run bench -- sync                      a picture of 10,000 services from a real API server: time, memory`;

/** @param args of the command line @throws when they make no sense. */
export async function bench(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      services: { type: "string", default: "10" },
      engine: { type: "string", default: engineNames.join(",") },
      routes: { type: "string", default: "10000" },
    },
    allowPositionals: true,
  });
  const [what, ...more] = positionals;
  if (what === "engines") {
    const routes = Number(values.routes);
    if (!(routes >= 1 && routes <= 60_000)) throw new Error(`--routes: 1 to 60,000\n${usage}`);
    await benchEngines(more, routes);
    return;
  }
  if (what === "decide") {
    benchDecide();
    return;
  }
  if (what === "peers") {
    await benchCrowd();
    return;
  }
  if (what === "sync") {
    await benchSync();
    return;
  }
  const sizes = values.services.split(",").map(Number);
  const sane = sizes.every((size, index) => size >= 10 && size <= 25_000 && size > (sizes[index - 1] ?? 0));
  if (positionals.length > 0 || !sane) throw new Error(`sizes grow from 10 to at most 25,000\n${usage}`);
  const engines = engineNames.filter((name) => values.engine.split(",").includes(name));
  if (engines.length === 0) throw new Error(`--engine: ${engineNames.join(", ")}\n${usage}`);
  await benchRack(sizes, engines);
}
