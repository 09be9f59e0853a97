// Runs one group of tests, lets its output through and counts its cases.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../lab/setup/node.mjs";
import { newerSpeakers } from "./versions/speakers.mjs";

/** @returns {Promise<{ passed: number, failed: number, skipped: number }>} */
export async function runGroup(group) {
  if (group.rows !== undefined) return runRows(group);
  if (group.lab === undefined) return runVitest(group.vitest);
  let counts = { passed: 0, failed: 0, skipped: 0 };
  for (const args of group.lab) counts = sum(counts, await runLab(args));
  return counts;
}

async function runRows({ rows, vitest }) {
  let counts = { passed: 0, failed: 0, skipped: 0 };
  const speakers = await newerSpeakers({ of: ["gobgp"], fetch: false });
  for (const { suite, version, folder, obstacle } of speakers) {
    if (obstacle !== undefined || !(suite in rows)) continue;
    console.log(`\n· gobgpd ${version} (${suite})`);
    const { passed, failed } = await runVitest([...vitest, "-t", rows[suite]], {
      env: { BELLMAN_TEST_GOBGP: folder },
    });
    // What was left out by name was not asked for; a pattern that fits no name is a mistake.
    counts = sum(counts, { passed, failed: passed === 0 && failed === 0 ? 1 : failed, skipped: 0 });
  }
  return counts;
}

export function sum(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** @param options env, and where its output goes: default, to ours */
export async function runVitest(args, { env = {}, output = "inherit" } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bellman-test-"));
  const file = join(folder, "results.json");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  try {
    const argv = [vitest, "run", ...reporters, ...args];
    const code = await runNode(argv, { stdio: ["inherit", output, output], env });
    return countVitest(JSON.parse(readFileSync(file, "utf8")), code);
  } catch (error) {
    console.error(`vitest left no results: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that cannot be loaded, or whose set-up fails, has no failed case: it counts as one. */
function countVitest(results, code) {
  const { numPassedTests: passed, numFailedTests: failed, numTotalTests: total } = results;
  const broken = results.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((each) => each.status === "failed"),
  ).length;
  const failures = failed + broken;
  return {
    passed,
    failed: failures === 0 && code !== 0 ? 1 : failures,
    skipped: total - passed - failed,
  };
}

/** Every line of an expectation counts as a case. */
async function runLab(args) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  console.log(`$ npm run lab -- ${args.join(" ")}`);
  // Under a name of its own: a lab that somebody looks at stays as it is.
  const code = await runNode([join(root, "lab/start.mjs"), ...args, "--name", `test${process.pid}`], {
    stdio: ["ignore", "pipe", "inherit"],
    onLine(line) {
      console.log(line);
      if (line.startsWith("✓ ")) counts.passed++;
      if (line.startsWith("✗ ")) counts.failed++;
    },
  });
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** @returns the exit code; -1 after a signal. */
function runNode(argv, { stdio, env, onLine }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { cwd: root, stdio, env: { ...process.env, ...env } });
    if (onLine !== undefined) createInterface({ input: child.stdout }).on("line", onLine);
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
}
