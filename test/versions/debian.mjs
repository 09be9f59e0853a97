// Programs of other Debian suites, unpacked beside the system with the libraries of their suite: nothing is installed
// or upgraded. A script for each starts it with that suite's own loader.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { run, SetupError } from "../../lab/setup/run.mjs";
import { lock } from "../support/lock.mjs";
import { Apt } from "./apt.mjs";

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "bellman", "debian");

/** Of the scripts that start the package's programs, there or not. */
export function folderOf(suite, name) {
  return join(placeOf(suite, name), "bin");
}

function placeOf(suite, name) {
  return join(cache, suite, name);
}

/**
 * Sees to it that the packages are unpacked.
 *
 * @param wanted suite, name of the package, and its programs as paths in the package
 * @returns for each that cannot be had: why, in a line
 */
export async function unpack(wanted, say = console.log) {
  const obstacles = new Map();
  const isThere = ({ suite, name }) => existsSync(folderOf(suite, name));
  for (const each of wanted.filter(isThere)) writeScripts(placeOf(each.suite, each.name), each.programs);
  const missing = () => wanted.filter((each) => !isThere(each));
  if (missing().length === 0) return obstacles;
  mkdirSync(cache, { recursive: true });
  const unlock = await lock(join(cache, ".fetching"), say);
  try {
    for (const left of readdirSync(cache).filter((entry) => entry.startsWith(".apt.")))
      rmSync(join(cache, left), { recursive: true, force: true });
    for (const suite of new Set(missing().map((each) => each.suite))) {
      const parts = missing().filter((each) => each.suite === suite);
      say(`· ${parts.map(({ name }) => name).join(", ")} of Debian's ${suite}, unpacked beside the system`);
      await fetchSuite(suite, parts, obstacles);
    }
    return obstacles;
  } finally {
    unlock();
  }
}

async function fetchSuite(suite, parts, obstacles) {
  const note = (part, error) => {
    if (!(error instanceof SetupError)) throw error;
    obstacles.set(part, error.message);
  };
  let apt = null;
  try {
    apt = await Apt.open(cache, suite);
  } catch (error) {
    for (const part of parts) note(part, error);
    return;
  }
  try {
    for (const part of parts) await fetchOne(apt, part).catch((error) => note(part, error));
  } finally {
    apt.close();
  }
}

async function fetchOne(apt, { suite, name, programs }) {
  const unpacked = await apt.unpack(name);
  const place = placeOf(suite, name);
  rmSync(place, { recursive: true, force: true }); // What an earlier run could not finish.
  mkdirSync(join(cache, suite), { recursive: true });
  renameSync(unpacked, place);
  const loader = loaderOf(place);
  for (const program of programs.filter((each) => existsSync(join(place, each))))
    await checkLibraries(loader, join(place, program), place);
  writeScripts(place, programs);
}

/** The folder appears with all of them; one that is made otherwise by now is replaced, for others may be starting it. */
function writeScripts(place, programs) {
  const loader = loaderOf(place);
  const folder = join(place, "bin");
  const scripts = existsSync(folder) ? folder : `${folder}.new`;
  mkdirSync(scripts, { recursive: true });
  for (const program of programs) {
    const file = join(place, program);
    const script = join(scripts, basename(program));
    if (!existsSync(file)) continue;
    const text = scriptOf(loader, file, place);
    if (existsSync(script) && readFileSync(script, "utf8") === text) continue;
    const draft = `${script}.${process.pid}`;
    writeFileSync(draft, text);
    chmodSync(draft, 0o755);
    renameSync(draft, script);
  }
  if (scripts !== folder) renameSync(scripts, folder);
}

/** The suite's dynamic loader, and where it looks for libraries: FRR keeps its own apart. */
function loaderOf(place) {
  const library = join(place, "usr/lib");
  for (const architecture of readdirSync(library)) {
    const folder = join(library, architecture);
    const name = /-linux-/.test(architecture)
      ? readdirSync(folder).find((file) => /^ld-linux.*\.so\.\d+$/.test(file))
      : undefined;
    if (name !== undefined)
      return [join(folder, name), "--inhibit-cache", "--library-path", `${folder}:${join(folder, "frr")}`];
  }
  throw new SetupError(`${place} has no dynamic loader`);
}

/** A library of the system in its stead would be an older one. */
async function checkLibraries(loader, file, place) {
  const list = await run([...loader, "--list", file]);
  const strange = [...list.matchAll(/^\s*(\S+) => (.*?)(?: \(0x[0-9a-f]+\))?$/gm)].find(
    ([, , found]) => !found.startsWith(`${place}/`),
  );
  if (strange !== undefined)
    throw new SetupError(`${basename(file)} needs ${strange[1]}, which is not there`);
}

/**
 * exec all the way, so that the process is the program's own; and by its name, which is what its command line begins
 * with where it is installed.
 */
function scriptOf(loader, file, place) {
  const modules = file.includes("/lib/frr/") ? ["--moduledir", join(loader[3].split(":")[1], "modules")] : [];
  const command = [...loader, "--argv0", file, file, ...modules].map(quoted).join(" ");
  // libyang reads its modules from one place only: for this process alone, that place is the suite's.
  const share = join(place, "usr/share");
  if (!existsSync(join(share, "yang/modules/libyang")))
    return `#!/bin/bash\nexec -a ${quoted(file)} ${command} "$@"\n`;
  const inner = 'mount --bind "$0" /usr/share && exec -a "$1" "${@:2}"';
  const head = `exec unshare --mount bash -c ${quoted(inner)} ${quoted(share)} ${quoted(file)}`;
  return `#!/bin/bash\n${head} ${command} "$@"\n`;
}

function quoted(word) {
  return `'${word}'`;
}
