// `npm run bench`: sees to it that everything is there, then hands over to bench/main.ts.
import { bundles, npmPackages, requireNode, root } from "../lab/setup/node.mjs";
import {
  hostObstacle,
  installPackages,
  missingPackages,
  namespaceObstacle,
  programs,
} from "../lab/setup/debian.mjs";
import { SetupError } from "../lab/setup/run.mjs";

const args = process.argv.slice(2);

/** The rack of network namespaces: only that needs root. */
async function prepareRack() {
  const obstacle = hostObstacle();
  if (obstacle !== null) throw new SetupError(obstacle);
  await installPackages(missingPackages({ ...programs.rack, ...programs.kubernetes }));
  const namespaces = await namespaceObstacle();
  if (namespaces !== null) throw new SetupError(namespaces);
}

try {
  requireNode();
  await npmPackages();
  if (args[0] !== "decide" && args[0] !== "sync") await prepareRack();
  await bundles("bellman", "lab", "bench", "probe");
  process.chdir(root);
  const { bench } = await import("../dist/bench.mjs");
  await bench(args);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
