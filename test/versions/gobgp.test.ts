// Newer gobgpds under the very tests that the system's own has to pass: those that test/versions/gobgp.mjs fetched.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe } from "vitest";
import { describeAgentSessions } from "../integration/agent/agent-sessions.ts";
import { describeEngine } from "../integration/engine/conformance.ts";
import { describeGobgpDriver } from "../integration/engine/gobgp-driver.ts";
import { describeGobgpExports } from "../integration/engine/gobgp-exports.ts";
import { gobgpRig } from "../integration/engine/gobgp-rig.ts";
import { describeGobgpSessions } from "../integration/engine/gobgp-sessions.ts";
import { projectRoot } from "../support/paths.ts";

const script = join(projectRoot, "test/versions/gobgp.mjs");
const lines = execFileSync(process.execPath, [script, "--no-fetch"], { encoding: "utf8" }).trim().split("\n");

describe.each(lines.map((line) => line.split(" ")))("gobgpd %s (%s)", (_version, _suite, folder) => {
  describeEngine("gobgp", () => gobgpRig({ folder }));
  describeGobgpDriver(folder);
  describeGobgpExports(folder);
  describeGobgpSessions(folder);
  describeAgentSessions(folder);
});
