// The newer speakers that test/versions/speakers.mjs has fetched.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe } from "vitest";
import { projectRoot } from "../support/paths.ts";

const script = join(projectRoot, "test/versions/speakers.mjs");

/**
 * @param tests told the folder of gobgpd and gobgp
 * @param suites default all
 */
export function describeFetched(
  tests: (folder: string | undefined) => void,
  suites?: readonly string[],
): void {
  const lines = execFileSync(process.execPath, [script, "gobgp", "--no-fetch"], { encoding: "utf8" });
  const fetched = [...lines.matchAll(/^\S+ (\S+) (\S+) (\S+)$/gm)]
    .map(([, ...fields]) => fields)
    .filter(([, suite = ""]) => suites?.includes(suite) ?? true);
  describe.each(fetched)("gobgpd %s (%s)", (_version, _suite, folder) => tests(folder));
}
