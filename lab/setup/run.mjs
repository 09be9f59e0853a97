// Commands and progress lines of the set-up. Plain Node.js: it runs on a fresh clone, before any package is there.
import { spawn } from "node:child_process";

/** Something this machine lacks, or a command that failed: one line for the user. */
export class SetupError extends Error {
  name = "SetupError";
}

/** Says what is done, and every ten seconds that it is still being done. */
export async function step(title, work) {
  const start = performance.now();
  const seconds = () => Math.round((performance.now() - start) / 1000);
  console.log(`· ${title}`);
  const beat = setInterval(() => console.log(`  … ${seconds()} s`), 10_000);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if (seconds() >= 2) console.log(`  done in ${seconds()} s`);
  }
}

/** Runs a command to its end. Resolves with what it printed; rejects with the last lines of it. */
export function run(argv, { cwd, env } = {}) {
  const [file, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk) => (output += chunk));
    child.once("error", (error) => reject(new SetupError(`${file} does not start: ${error.message}`)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else {
        const failure = `"${argv.join(" ")}" ended with ${signal ?? `code ${code}`}`;
        reject(new SetupError(`${failure}:\n${ends(output)}`));
      }
    });
  });
}

/** The first and the last lines: compilers say it first, package managers last. */
function ends(output) {
  const lines = output.trim().split("\n");
  return (lines.length <= 24 ? lines : [...lines.slice(0, 12), "…", ...lines.slice(-12)]).join("\n");
}
