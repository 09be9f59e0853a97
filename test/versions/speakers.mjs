// Every speaker and version that the drivers can be tried with here: the system's own, and those of Debian's newer suites.
//
//   node test/versions/speakers.mjs [ENGINE] [--no-fetch]   fetches what is missing; prints ENGINE VERSION SUITE FOLDER
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { folderOf, unpack } from "./debian.mjs";

/** Debian 13 and its unstable suite. */
const suites = ["trixie", "sid"];

/** BIRD's two lines are packages of their own. The first program tells the version. */
const packages = [
  { engine: "gobgp", name: "gobgpd", programs: ["usr/bin/gobgpd", "usr/bin/gobgp"] },
  {
    engine: "frr",
    name: "frr",
    programs: [
      "usr/lib/frr/bgpd",
      "usr/lib/frr/bfdd",
      "usr/lib/frr/zebra",
      "usr/lib/frr/mgmtd",
      "usr/lib/frr/staticd",
      "usr/lib/frr/watchfrr",
      "usr/bin/vtysh",
    ],
  },
  { engine: "bird", name: "bird2", programs: ["usr/sbin/bird", "usr/sbin/birdc"] },
  { engine: "bird", name: "bird3", programs: ["usr/sbin/bird", "usr/sbin/birdc"] },
];

const system = { gobgp: "gobgpd", frr: "/usr/lib/frr/bgpd", bird: "bird" };

export const engines = Object.keys(system);

/**
 * Those of the newer suites, fetched unless told otherwise.
 *
 * @returns engine, package, suite; and version and folder, or the obstacle: why it cannot be run, in a line
 */
export async function newerSpeakers({ of = engines, fetch = true, say = console.log } = {}) {
  const wanted = packages
    .filter(({ engine }) => of.includes(engine))
    .flatMap((each) => suites.map((suite) => ({ ...each, suite })));
  const obstacles = fetch ? await unpack(wanted, say) : new Map();
  return wanted.map((each) => {
    const { engine, name, suite, programs } = each;
    const folder = folderOf(suite, name);
    if (!existsSync(folder)) return { engine, name, suite, obstacle: obstacles.get(each) ?? "not fetched" };
    return { engine, name, suite, folder, ...versionOf(join(folder, basename(programs[0]))) };
  });
}

/** What the system has: no folder, its programs are found where they are installed. */
export function systemSpeakers({ of = engines } = {}) {
  const suite = `${systemSuite()}, installed`;
  return of.map((engine) => ({ engine, name: engine, suite, ...versionOf(system[engine]) }));
}

function versionOf(program) {
  const { status, stdout, stderr, error } = spawnSync(program, ["--version"], { encoding: "utf8" });
  const version = /\d+(?:\.\d+)+/.exec(`${stdout}${stderr}`)?.[0];
  if (status === 0 && version !== undefined) return { version };
  return {
    obstacle: error?.message ?? `${program} --version: ${`${stderr}${stdout}`.trim().split("\n")[0]}`,
  };
}

function systemSuite() {
  const release = readFileSync("/etc/os-release", "utf8");
  return /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1] ?? "this system";
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const words = process.argv.slice(2).filter((word) => word !== "--no-fetch");
  const options = { fetch: !process.argv.includes("--no-fetch"), say: console.error };
  const found = await newerSpeakers({ ...options, ...(words.length > 0 && { of: words }) });
  for (const { engine, name, version, suite, folder, obstacle } of found)
    if (obstacle === undefined) console.log(engine, version, suite, folder);
    else {
      console.error(`${name} of ${suite}: ${obstacle}`);
      process.exitCode = 1;
    }
}
