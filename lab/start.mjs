// `npm run lab`: sees to it that everything is there, then hands over to the lab itself (lab/main.ts).
import util from "node:util";
import { bundles, npmPackages, requireNode, root } from "./setup/node.mjs";
import {
  installPackages,
  missingPackages,
  hostObstacle,
  namespaceObstacle,
  programs,
} from "./setup/debian.mjs";
import { kubeAssets, NoKubernetesError } from "../test/kube/assets.mjs";
import { SetupError } from "./setup/run.mjs";

const usage = `npm run lab [-- OPTIONS]     a rack in network namespaces: a ToR, three nodes with Bellman, a client
  --check        only assert: a line for each expectation, exit code 0 or 1
  --keep         leave it up, and say how to look around
  --tor NAME     the ToR's router: frr (default) or bird; of two: such as bird,frr (default frr,bird)
  --tors NUMBER  1 (default) or 2 ToRs, each with a session to every node
  --engine NAME  what speaks BGP on the nodes: gobgp (default), frr, bird, or mixed: one of them on each
  --ebgp         every node and ToR in an AS of its own, not all in one
  --scenario NAME  play test/scenarios/NAME instead, with the ToR's routes as the judge
  --kubernetes   with a real Kubernetes API server and kube-proxy, not a directory of manifests
  --name NAME    of its namespaces (NAME-tor, …) and of /run/NAME-lab; default bellman
npm run lab -- down [--name NAME]     remove a lab that was left up`;

/** @returns the lab's options, or null for a line to print and the exit code. */
function parse(argv) {
  const { values, positionals } = util.parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      check: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      tor: { type: "string" },
      tors: { type: "string" },
      engine: { type: "string", default: "gobgp" },
      ebgp: { type: "boolean", default: false },
      kubernetes: { type: "boolean", default: false },
      name: { type: "string", default: "bellman" },
      scenario: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [command = values.help ? "help" : "up", ...rest] = positionals;
  if (!["up", "down", "help"].includes(command) || rest.length > 0)
    throw new Error(`unknown argument "${rest[0] ?? command}"`);
  const tors = parseTors(values.tor, values.tors);
  if (!/^[a-z][a-z0-9]{0,19}$/.test(values.name))
    throw new Error(`--name is up to 20 small letters and digits, not "${values.name}"`);
  if (!["gobgp", "frr", "bird", "mixed"].includes(values.engine))
    throw new Error(`--engine is gobgp, frr, bird or mixed, not "${values.engine}"`);
  for (const other of ["kubernetes", "ebgp", "tors"])
    if (values.scenario !== undefined && values[other])
      throw new Error(`--scenario goes with the plain rack, not with --${other}`);
  return {
    command,
    name: values.name,
    scenario: values.scenario ?? null,
    check: values.check,
    keep: values.keep,
    tors,
    engine: values.engine,
    ebgp: values.ebgp,
    kubernetes: values.kubernetes,
  };
}

/** The routers of the ToRs, in order. One name stands for all of them. */
function parseTors(routers, number) {
  const names = routers?.split(",") ?? (number === "2" ? ["frr", "bird"] : ["frr"]);
  if (names.length > 2 || names.some((name) => !["frr", "bird"].includes(name)))
    throw new Error(`--tor is frr or bird, or two of them as in bird,frr; not "${routers}"`);
  if (number !== undefined && !["1", "2"].includes(number))
    throw new Error(`--tors is 1 or 2, not "${number}"`);
  if (number === "1" && names.length === 2) throw new Error(`--tor ${routers} are two, and --tors is 1`);
  return number === "2" && names.length === 1 ? [...names, ...names] : names;
}

function refuse(obstacle) {
  if (obstacle !== null) throw new SetupError(obstacle);
}

async function main() {
  let options;
  try {
    options = parse(process.argv.slice(2));
  } catch (error) {
    console.error(`lab: ${error.message.split("\n")[0]}; "npm run lab -- --help" lists what there is`);
    return 2;
  }
  if (options.command === "help") {
    console.log(usage);
    return 0;
  }
  try {
    requireNode();
    refuse(hostObstacle());
    await npmPackages();
    await installPackages(
      missingPackages({ ...programs.rack, ...(options.kubernetes && programs.kubernetes) }),
    );
    refuse(await namespaceObstacle());
    if (options.kubernetes && options.command === "up") await kubeAssets({ say: console.log });
    await bundles("bellman", "lab");
  } catch (error) {
    if (!(error instanceof SetupError || error instanceof NoKubernetesError)) throw error;
    console.error(`lab: ${error.message}`);
    return 1;
  }
  process.chdir(root);
  const { lab } = await import("../dist/lab.mjs");
  return lab(options);
}

process.exitCode = await main();
