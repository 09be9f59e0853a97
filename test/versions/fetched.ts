// The newer gobgpds that test/versions/gobgp.mjs has fetched.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe } from "vitest";
import { projectRoot } from "../support/paths.ts";

const script = join(projectRoot, "test/versions/gobgp.mjs");

/** @param tests told the folder of gobgpd and gobgp */
export function describeFetched(tests: (folder: string | undefined) => void): void {
  const lines = execFileSync(process.execPath, [script, "--no-fetch"], { encoding: "utf8" })
    .trim()
    .split("\n");
  const fetched = lines.map((line) => line.split(" "));
  describe.each(fetched)("gobgpd %s (%s)", (_version, _suite, folder) => tests(folder));
}
