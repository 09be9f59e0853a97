// `npm run test:matrix`: the contract's tests for every speaker and version that can be had here. What cannot is named.
//
//   npm run test:matrix                      all
//   npm run test:matrix -- frr bird          these engines only
//   BELLMAN_TEST_ALL=1 npm run test:matrix   what cannot be run counts as failed
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npmPackages, requireNode } from "../../lab/setup/node.mjs";
import { SetupError } from "../../lab/setup/run.mjs";
import { capabilities } from "../capabilities.mjs";
import { runVitest } from "../run-group.mjs";
import { engines, newerSpeakers, systemSpeakers } from "./speakers.mjs";

/** As many as test files with real daemons: they wait more than they work. */
const atOnce = 2;

async function main(words) {
  const unknown = words.find((word) => !engines.includes(word));
  if (unknown !== undefined) {
    console.error(`test:matrix: no engine "${unknown}"; there are: ${engines.join(", ")}`);
    return 2;
  }
  const obstacle = await prepare();
  if (obstacle !== null) {
    console.error(`test:matrix: ${obstacle}`);
    return 1;
  }
  const of = words.length > 0 ? words : engines;
  const speakers = [...systemSpeakers({ of }), ...(await newerSpeakers({ of }))];
  const rows = engines.flatMap((engine) => speakers.filter((speaker) => speaker.engine === engine));
  const results = await runAll(rows);
  console.log(`\n${table(results)}\n`);
  const failed = results.some(({ failed, skipped }) => failed > 0 || skipped > 0);
  const left = results.filter(({ obstacle }) => obstacle !== undefined).length;
  return failed || left === results.length || (left > 0 && process.env.BELLMAN_TEST_ALL === "1") ? 1 : 0;
}

async function prepare() {
  try {
    requireNode();
    await npmPackages();
    return await capabilities.rack();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return error.message;
  }
}

/** The rows in their order, each with its counts, unless it has an obstacle. */
async function runAll(rows) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < rows.length && !interrupted) {
      const index = next++;
      results[index] = await runRow(rows[index]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return rows.map((row, index) => results[index] ?? { ...row, obstacle: row.obstacle ?? "interrupted" });
}

async function runRow(row) {
  if (row.obstacle !== undefined) return row;
  const folder = mkdtempSync(join(tmpdir(), "bellman-matrix-"));
  const file = join(folder, "output");
  const output = openSync(file, "w");
  const env = { BELLMAN_ENGINE: row.engine, BELLMAN_ENGINE_FOLDER: row.folder ?? "" };
  const start = performance.now();
  try {
    const counts = await runVitest(["--project", "matrix"], { env, output });
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    if (counts.failed > 0) console.log(readFileSync(file, "utf8"));
    console.log(`· ${row.engine} ${row.version} (${row.suite}): ${outcome(counts)}, ${seconds} s`);
    return { ...row, ...counts, seconds };
  } finally {
    closeSync(output);
    rmSync(folder, { recursive: true, force: true });
  }
}

function outcome({ passed, failed, skipped, obstacle }) {
  if (obstacle !== undefined) return `not run: ${obstacle}`;
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function table(results) {
  const lines = [
    ["ENGINE", "VERSION", "DEBIAN", "RESULT"],
    ...results.map((row) => [row.engine, row.version ?? `? (${row.name})`, row.suite, outcome(row)]),
  ];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("   ")
        .trimEnd(),
    )
    .join("\n");
}

/** The running tests get the signal too and clean up after themselves; we end after them. */
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => (interrupted = true));

process.exitCode = await main(process.argv.slice(2));
