// The programs that come as Debian packages, installed when they are missing and without starting any service.
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { run, SetupError, step } from "./run.mjs";

/** Program → the Debian package that brings it. FRR keeps its daemons in a folder of its own. */
const rack = {
  ip: "iproute2",
  nft: "nftables",
  sysctl: "procps",
  gobgpd: "gobgpd",
  "/usr/lib/frr/zebra": "frr",
  "/usr/lib/frr/bgpd": "frr",
  vtysh: "frr",
  bird: "bird2",
  birdc: "bird2",
};

/** Sets of programs: what the rack needs, and what a Kubernetes control plane needs beside it. */
export const programs = { rack, kubernetes: { openssl: "openssl" } };

const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/** Services that come with the packages and must not run on this host, not even after its next start. */
const services = { gobgpd: "gobgpd", frr: "frr", bird2: "bird" };

export function hasProgram(program) {
  return (program.startsWith("/") ? [program] : folders.map((folder) => join(folder, program))).some(
    (file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
  );
}

/** The packages that bring those of `wanted` (program → package) that are not there. */
export function missingPackages(wanted) {
  const missing = Object.entries(wanted).filter(([program]) => !hasProgram(program));
  return [...new Set(missing.map(([, name]) => name))].sort();
}

/** What keeps this machine from having the programs, in one line; null: nothing. */
export function hostObstacle() {
  if (process.platform !== "linux") return `needs Linux with network namespaces; this is ${process.platform}`;
  if (process.getuid() !== 0) return "needs root, for network namespaces: run it with sudo";
  return null;
}

/** What keeps this machine from having network namespaces, in one line; null: nothing. Wants iproute2. */
export async function namespaceObstacle() {
  const name = `bellman-probe-${process.pid}`;
  try {
    await run(["ip", "netns", "add", name]);
    await run(["ip", "netns", "delete", name]);
    return null;
  } catch (error) {
    const reason = error.message.split("\n").at(-1);
    return `cannot make a network namespace here (CAP_SYS_ADMIN and CAP_NET_ADMIN are needed): ${reason}`;
  }
}

/** @throws {SetupError} one line, when they are missing and cannot be installed. */
export async function installPackages(packages) {
  if (packages.length === 0) return;
  const list = packages.join(" ");
  if (!hasProgram("apt-get"))
    throw new SetupError(`lacks ${list}, and there is no apt-get to install them: install them by hand`);
  if (process.getuid() !== 0)
    throw new SetupError(`lacks ${list}, and only root can install them: run it with sudo`);
  await step(`apt-get install ${list} (no service is started: policy-rc.d forbids it meanwhile)`, () =>
    withoutServices(async () => {
      try {
        await aptInstall(packages);
      } catch {
        await aptGet(["update", "-q"]); // Lists that are old or were never fetched are the usual reason.
        await aptInstall(packages);
      }
    }),
  );
  await disableServices(packages);
}

const aptInstall = (packages) => aptGet(["install", "-qy", "--no-install-recommends", ...packages]);

function aptGet(args) {
  return run(["apt-get", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0", ...args], {
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
}

const policy = "/usr/sbin/policy-rc.d";
const saved = `${policy}.before-bellman`;
const ours =
  "#!/bin/sh\n# Bellman's lab installs packages: their services stay off. It removes this file itself.\nexit 101\n";

/** While `work` runs no package may start its service; afterwards the host's own policy is as it was. */
async function withoutServices(work) {
  restorePolicy(); // An earlier run may have been killed in here.
  if (existsSync(policy)) renameSync(policy, saved);
  writeFileSync(policy, ours);
  chmodSync(policy, 0o755);
  const interrupted = () => {
    restorePolicy();
    process.exit(130);
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, interrupted);
  try {
    return await work();
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, interrupted);
    restorePolicy();
  }
}

function restorePolicy() {
  if (existsSync(policy) && readFileSync(policy, "utf8") === ours) rmSync(policy);
  if (existsSync(saved)) renameSync(saved, policy);
}

async function disableServices(packages) {
  const units = packages.flatMap((name) => services[name] ?? []);
  if (units.length === 0 || !hasProgram("systemctl")) return;
  await step(
    `systemctl disable ${units.join(" ")}: they came with the packages and stay off after a reboot`,
    () =>
      run(["systemctl", "disable", "--quiet", ...units]).catch((error) => console.log(`  ${error.message}`)),
  );
}
