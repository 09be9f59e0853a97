// The Node.js version and the npm packages.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, SetupError, step } from "./run.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new SetupError(`needs Node.js 20.19 or newer; this is ${process.versions.node}`);
}

/** Installs what package-lock.json lists, unless exactly that is there already. */
export async function npmPackages() {
  if (installed()) return;
  await step("npm ci: the packages of package-lock.json", () =>
    run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root }),
  );
}

/** npm keeps beside the packages a list of what it put there: compare contents, as file times say little. */
function installed() {
  try {
    const wanted = packagesOf("package-lock.json");
    const there = packagesOf("node_modules/.package-lock.json");
    return Object.entries(wanted).every(
      ([path, { version, optional }]) => path === "" || optional || there[path]?.version === version,
    );
  } catch {
    return false;
  }
}

function packagesOf(file) {
  return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
}

/** Builds the named bundles of build.mjs that are older than their sources. */
export async function bundles(...names) {
  await step(`building dist/{${names.join(",")}}.mjs if stale`, () =>
    run([process.execPath, "build.mjs", "--if-stale", ...names], { cwd: root }),
  );
}
