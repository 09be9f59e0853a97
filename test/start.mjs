// `npm test`: sees to it that everything is there, runs all tests this machine can run, and says what it left out.
//
//   npm test                      all but the groups that are to be asked for
//   npm test -- unit lab          these groups only (test/groups.mjs)
//   BELLMAN_TEST_ALL=1 npm test   what has to be left out counts as failed
//   npm test -- --setup           only the set-up
import { bundles, npmPackages, requireNode } from "../lab/setup/node.mjs";
import { SetupError } from "../lab/setup/run.mjs";
import { capabilities } from "./capabilities.mjs";
import { groups } from "./groups.mjs";
import { runGroup, sum } from "./run-group.mjs";

const everything = process.env.BELLMAN_TEST_ALL === "1";

async function main(args) {
  const names = args.filter((arg) => arg !== "--setup");
  const unknown = names.find((name) => !groups.some((group) => group.name === name));
  if (unknown !== undefined) {
    const known = groups.map(({ name, about }) => `${name} (${about})`).join(", ");
    console.error(`test: no group "${unknown}"; there are: ${known}`);
    return 2;
  }
  const wanted = groups.filter(({ name, asked }) =>
    names.length === 0 ? asked !== true : names.includes(name),
  );
  try {
    requireNode();
    await npmPackages();
    await bundles("bellman", "lab");
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`test: ${error.message}`);
    return 1;
  }
  const obstacles = await probe(wanted);
  if (args.includes("--setup")) return 0;
  const counts = await runAll(wanted.filter((group) => !obstacles.has(group)));
  for (const { name, about } of groups.filter((group) => !wanted.includes(group)))
    if (names.length === 0) console.log(`\nto be asked for: npm test -- ${name} (${about})`);
  return report(counts, obstacles);
}

/** Group → why it has to be left out, for those that have to. What nothing else would use is not even tried. */
async function probe(wanted) {
  const known = new Map();
  const obstacles = new Map();
  for (const group of wanted)
    for (const need of group.needs) {
      if (!known.has(need)) known.set(need, await capabilities[need]());
      if (known.get(need) === null) continue;
      obstacles.set(group, known.get(need));
      break;
    }
  return obstacles;
}

async function runAll(possible) {
  let counts = { passed: 0, failed: 0, skipped: 0 };
  for (const group of possible) {
    if (interrupted) break;
    const start = performance.now();
    console.log(`\n── ${group.name}: ${group.about}`);
    const each = await runGroup(group);
    counts = sum(counts, each);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`── ${group.name}: ${each.passed} passed, ${each.failed} failed, ${seconds} s`);
  }
  return counts;
}

/** @returns the exit code. */
function report(counts, obstacles) {
  console.log("");
  for (const [{ name, about }, obstacle] of obstacles)
    console.log(`left out: ${name} (${about}): ${obstacle}`);
  const left = [...obstacles.keys()].filter(({ extra }) => extra !== true).length;
  const failed = counts.failed + (everything ? left + counts.skipped : 0);
  if (everything && failed > counts.failed)
    console.log("BELLMAN_TEST_ALL=1: what was left out or skipped counts as failed");
  if (interrupted) console.log("interrupted");
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  console.log(`${counts.passed} passed, ${failed} failed${skipped}`);
  if (interrupted) return 130;
  return failed > 0 || counts.passed === 0 ? 1 : 0;
}

/** The running group gets the signal too and cleans up after itself; we end after it. */
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => (interrupted = true));

process.exitCode = await main(process.argv.slice(2));
