// A program of another Debian suite, unpacked beside the system: nothing is installed or upgraded. For programs that
// need no libraries of their suite, such as those written in Go.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { hasProgram } from "../../lab/setup/debian.mjs";
import { run, SetupError } from "../../lab/setup/run.mjs";
import { lock } from "../support/lock.mjs";

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const defaultMirror = "http://deb.debian.org/debian";

/** Suite → folder of the programs of this package, there or not. */
export function folderOf(name, suite) {
  return join(cacheOf(name), suite, "usr/bin");
}

/**
 * Sees to it that the package is unpacked for each suite. apt fetches it from this machine's own mirror and checks
 * signatures and checksums, with lists of its own: the system's are left alone.
 *
 * @throws {SetupError} with the reason, when one of them cannot be had; those that can be are there then.
 */
export async function unpack(name, suites, say = console.log) {
  const missing = () => suites.filter((suite) => !existsSync(folderOf(name, suite)));
  if (missing().length === 0) return;
  const obstacle = ["apt-get", "dpkg-deb"].find((program) => !hasProgram(program)) ?? null;
  if (obstacle !== null) throw new SetupError(`there is no ${obstacle} here`);
  if (!existsSync(keyring)) throw new SetupError(`${keyring} is missing: install debian-archive-keyring`);
  const cache = cacheOf(name);
  mkdirSync(cache, { recursive: true });
  const unlock = await lock(join(cache, ".fetching"), say);
  try {
    for (const left of readdirSync(cache).filter((entry) => entry.startsWith(".apt.")))
      rmSync(join(cache, left), { recursive: true, force: true });
    const failures = [];
    for (const suite of missing())
      await fetchOne(cache, name, suite).catch((error) => failures.push(`${suite}: ${complaint(error)}`));
    if (failures.length > 0) throw new SetupError(failures.join("; "));
  } finally {
    unlock();
  }
}

async function fetchOne(cache, name, suite) {
  const work = mkdtempSync(join(cache, ".apt."));
  try {
    for (const folder of ["lists/partial", "cache/archives/partial", "state", "root"])
      mkdirSync(join(work, folder), { recursive: true });
    const apt = await aptIn(work, suite);
    await apt("update");
    await apt("download", name);
    const deb = readdirSync(work).find((file) => file.endsWith(".deb"));
    if (deb === undefined) throw new SetupError(`apt-get download ${name} left no package`);
    await run(["dpkg-deb", "-x", join(work, deb), join(work, "root")]);
    renameSync(join(work, "root"), join(cache, suite));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** apt-get that knows this suite only, and keeps all it writes in the folder. */
async function aptIn(work, suite) {
  const sources = join(work, "sources.list");
  writeFileSync(sources, `deb [signed-by=${keyring}] ${await mirror()} ${suite} main\n`);
  const options = {
    "Dir::Etc::SourceList": sources,
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::Etc::Preferences": "/dev/null",
    "Dir::Etc::PreferencesParts": "/dev/null",
    "Dir::State": join(work, "state"),
    "Dir::State::Lists": join(work, "lists"),
    "Dir::State::status": "/dev/null",
    "Dir::Cache": join(work, "cache"),
    "Acquire::Languages": "none",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
    "Acquire::http::Timeout": "20",
    "APT::Sandbox::User": "root",
    "APT::Update::Error-Mode": "any",
  };
  const config = join(work, "apt.conf");
  writeFileSync(
    config,
    Object.entries(options)
      .map(([key, value]) => `${key} "${value}";\n`)
      .join(""),
  );
  return (...words) => run(["apt-get", "-q", ...words], { cwd: work, env: { APT_CONFIG: config } });
}

/** apt's own complaint, out of all it prints. */
function complaint({ message }) {
  return /^E: (.*)$/m.exec(message)?.[1] ?? message;
}

/** Where this machine gets Debian from. */
async function mirror() {
  const sites = await run(["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"]);
  return sites.split("\n").find((site) => /\/debian\/?$/.test(site)) ?? defaultMirror;
}

function cacheOf(name) {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "bellman", `debian-${name}`);
}
