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

try {
  requireNode();
  const obstacle = hostObstacle();
  if (obstacle !== null) throw new SetupError(obstacle);
  await npmPackages();
  await installPackages(missingPackages({ ...programs.rack, ...programs.kubernetes }));
  const namespaces = await namespaceObstacle();
  if (namespaces !== null) throw new SetupError(namespaces);
  await bundles("bellman", "lab", "bench", "probe");
  process.chdir(root);
  const { bench } = await import("../dist/bench.mjs");
  await bench();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
