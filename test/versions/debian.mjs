// Programs of other Debian suites, unpacked beside the system with the libraries of their suite: nothing is installed
// or upgraded. A script for each starts it with that suite's own loader.
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { run, SetupError } from "../../lab/setup/run.mjs";
import { lock } from "../support/lock.mjs";
import { Apt } from "./apt.mjs";

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "bellman", "debian");

/** Of the scripts that start the package's programs, there or not. */
export function folderOf(suite, name) {
  return join(cache, suite, name, "bin");
}

/**
 * Sees to it that the packages are unpacked.
 *
 * @param wanted suite, name of the package, and its programs as paths in the package
 * @returns for each that cannot be had: why, in a line
 */
export async function unpack(wanted, say = console.log) {
  const obstacles = new Map();
  const missing = () => wanted.filter(({ suite, name }) => !existsSync(folderOf(suite, name)));
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
  const place = join(cache, suite, name);
  rmSync(place, { recursive: true, force: true }); // What an earlier run could not finish.
  mkdirSync(join(cache, suite), { recursive: true });
  renameSync(unpacked, place);
  const loader = loaderOf(place);
  const scripts = join(place, "bin.new");
  mkdirSync(scripts);
  for (const program of programs) {
    const file = join(place, program);
    if (!existsSync(file)) continue;
    await checkLibraries(loader, file, place);
    const script = join(scripts, basename(program));
    writeFileSync(script, scriptOf(loader, file, place));
    chmodSync(script, 0o755);
  }
  renameSync(scripts, folderOf(suite, name));
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

/** exec all the way, so that the process is the program's own. */
function scriptOf(loader, file, place) {
  const modules = file.includes("/lib/frr/") ? ["--moduledir", join(loader[3].split(":")[1], "modules")] : [];
  const command = [...loader, "--argv0", file, file, ...modules].map((word) => `'${word}'`).join(" ");
  // libyang reads its modules from one place only: for this process alone, that place is the suite's.
  const share = join(place, "usr/share");
  const head = existsSync(join(share, "yang/modules/libyang"))
    ? `unshare --mount sh -c 'mount --bind "$0" /usr/share && exec "$@"' '${share}' `
    : "";
  return `#!/bin/sh\nexec ${head}${command} "$@"\n`;
}
