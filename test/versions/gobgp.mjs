// gobgpd in the versions that the driver is tried with beside the system's own.
//
//   node test/versions/gobgp.mjs [--no-fetch]     fetches what is missing; prints VERSION SUITE FOLDER for each there is
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { SetupError } from "../../lab/setup/run.mjs";
import { folderOf, unpack } from "./debian.mjs";

/** 3.36 in Debian 13, 4.8 in sid. */
const suites = ["trixie", "sid"];

/** Fetches what is missing. @throws {SetupError} when one of them cannot be had. */
export function fetchGobgps(say) {
  return unpack("gobgpd", suites, say);
}

/** Those that are there and run: the version they say they are, and the folder of gobgpd and gobgp. */
export function newerGobgps() {
  return suites.flatMap((suite) => {
    const folder = folderOf("gobgpd", suite);
    const { status, stdout } = spawnSync(join(folder, "gobgpd"), ["--version"], { encoding: "utf8" });
    return status === 0 ? [{ version: /\d+(\.\d+)+/.exec(stdout)?.[0] ?? "?", suite, folder }] : [];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    if (!process.argv.includes("--no-fetch")) await fetchGobgps(console.error);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
  for (const { version, suite, folder } of newerGobgps()) console.log(version, suite, folder);
}
