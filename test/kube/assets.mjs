// The Kubernetes programs that the tests and the lab run: found, or built once from Go modules into a cache.
//
//   node test/kube/assets.mjs [--no-build]     prints the folder that holds them, on the last line
//
// KUBEBUILDER_ASSETS names a folder of one's own. Otherwise it is ~/.cache/kube-assets/VERSION, filled with Go 1.26 or
// newer: about five minutes and 3 GB of Go's caches on two cores, once. Several runs may go on at a time: one builds.
import { spawn, spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { lock } from "../support/lock.mjs";

const version = "v1.36.3";
const goNeeded = [1, 26];

/** Program → its Go package. etcd comes in the version that this Kubernetes asks for. */
const programs = {
  etcd: "go.etcd.io/etcd/server/v3",
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
  "kube-proxy": "k8s.io/kubernetes/cmd/kube-proxy",
  kubectl: "k8s.io/kubernetes/cmd/kubectl",
};

/** One line that says what is missing and how to get it. */
export class NoKubernetesError extends Error {
  name = "NoKubernetesError";
}

/**
 * The folder with all programs.
 *
 * @param build may it build what the cache lacks?
 * @param say gets progress lines.
 * @throws {NoKubernetesError}
 */
export async function kubeAssets({ build = true, say = console.error } = {}) {
  const own = process.env.KUBEBUILDER_ASSETS;
  if (own !== undefined && own !== "") {
    const lacking = Object.keys(programs).filter((name) => !executable(join(own, name)));
    if (lacking.length === 0) return own;
    throw new NoKubernetesError(`KUBEBUILDER_ASSETS=${own} lacks ${lacking.join(", ")}`);
  }
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "kube-assets", version);
  if (missing(cache).length === 0) return cache;
  const obstacle = buildObstacle();
  if (obstacle !== null || !build)
    throw new NoKubernetesError(
      `no Kubernetes ${version} programs in ${cache}: ${obstacle ?? "`node test/kube/assets.mjs` builds them"}`,
    );
  mkdirSync(cache, { recursive: true });
  const unlock = await lock(join(cache, ".building"), say);
  try {
    const wanted = missing(cache);
    if (wanted.length > 0) await buildAll(cache, wanted, say);
  } finally {
    unlock();
  }
  return cache;
}

/** Why they cannot be built here, in a line; null: they can. */
export function buildObstacle() {
  const how = "install Go (https://go.dev/dl) or name a folder with the programs in KUBEBUILDER_ASSETS";
  const go = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  if (go.status !== 0) return `Go ${goNeeded.join(".")} or newer is needed to build them; ${how}`;
  const [major, minor] = go.stdout.replace(/^go/, "").split(".").map(Number);
  if (major > goNeeded[0] || (major === goNeeded[0] && minor >= goNeeded[1])) return null;
  return `Go ${goNeeded.join(".")} or newer is needed to build them, this is ${go.stdout.trim()}; ${how}`;
}

function missing(cache) {
  return Object.keys(programs).filter(
    (name) => !executable(join(cache, name)) || builtFrom(cache, name) !== version,
  );
}

function builtFrom(cache, name) {
  const stamp = join(cache, `.${name}.version`);
  return existsSync(stamp) ? readFileSync(stamp, "utf8").trim() : null;
}

function executable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function buildAll(cache, wanted, say) {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  for (const left of readdirSync(cache).filter((name) => name.startsWith(".build.")))
    rmSync(join(cache, left), { recursive: true, force: true });
  // On the cache's own file system, so that a program appears by one rename.
  const work = mkdtempSync(join(cache, ".build."));
  const beat = setInterval(() => say(`  … building Kubernetes ${version}, ${seconds()} s`), 20_000);
  try {
    say(`building ${wanted.join(", ")} ${version} with Go (about five minutes, once)`);
    mkdirSync(join(work, "bin"));
    const go = (...args) => goIn(work, args);
    await go("mod", "init", "kube-assets");
    await go("mod", "edit", `-require=k8s.io/kubernetes@${version}`);
    const { GoMod } = JSON.parse(await go("mod", "download", "-json", `k8s.io/kubernetes@${version}`));
    await go("mod", "edit", ...stagingEdits(readFileSync(GoMod, "utf8")));
    const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version);
    const link = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
    const ldflags = Object.entries(link).map(
      ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
    );
    await go(
      "build",
      "-trimpath",
      "-gcflags=all=-dwarf=false",
      `-ldflags=-s -w ${ldflags.join(" ")}`,
      "-o",
      `${join(work, "bin")}/`,
      ...wanted.map((name) => programs[name]),
    );
    for (const name of wanted) install(cache, name, join(work, "bin", name === "etcd" ? "server" : name));
    say(`built Kubernetes ${version} in ${seconds()} s: ${cache}`);
  } finally {
    clearInterval(beat);
    rmSync(work, { recursive: true, force: true });
  }
}

/** Kubernetes requires its own parts as v0.0.0 and replaces them by folders of its checkout; as modules they are v0.MINOR.PATCH. */
function stagingEdits(goMod) {
  const parts = [...goMod.matchAll(/^\s*(k8s\.io\/\S+) v0\.0\.0$/gm)].map(([, part]) => part);
  const [, go] = /^go (\S+)$/m.exec(goMod);
  return [
    `-go=${go}`,
    ...[...new Set(parts)].map((part) => `-replace=${part}=${part}@v0.${version.slice("v1.".length)}`),
  ];
}

function install(cache, name, built) {
  rmSync(join(cache, `.${name}.version`), { force: true });
  renameSync(built, join(cache, name));
  writeFileSync(join(cache, `.${name}.version`), `${version}\n`);
}

function goIn(cwd, args) {
  const env = {
    ...process.env,
    GOFLAGS: `${process.env.GOFLAGS ?? ""} -mod=mod -buildvcs=false`.trim(),
    GOWORK: "off",
    CGO_ENABLED: "0",
  };
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk) => (stderr += chunk));
    const stop = () => child.kill();
    process.once("exit", stop);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      process.off("exit", stop);
      if (code === 0) resolve(stdout);
      else {
        const tail = stderr.trim().split("\n").slice(-8).join("\n");
        reject(new NoKubernetesError(`go ${args[0]} ended with ${signal ?? `code ${code}`}:\n${tail}`));
      }
    });
  });
}

// An end by a signal must run the exit handlers: they end go, and give the lock back.
function endBySignal() {
  process.exit(130);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, endBySignal);
  try {
    console.log(await kubeAssets({ build: !process.argv.includes("--no-build") }));
  } catch (error) {
    if (!(error instanceof NoKubernetesError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
