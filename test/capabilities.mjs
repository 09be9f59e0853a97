// What this machine can do for the tests; what it lacks is installed or built where that is possible.
import {
  hostObstacle,
  installPackages,
  missingPackages,
  namespaceObstacle,
  programs,
} from "../lab/setup/debian.mjs";
import { SetupError } from "../lab/setup/run.mjs";
import { fetchGobgps, newerGobgps } from "./versions/gobgp.mjs";
import { kubeAssets, NoKubernetesError } from "./kube/assets.mjs";

/** Capability → a function that resolves with why it cannot be had, in a line; null: it is there. */
export const capabilities = {
  async rack() {
    return hostObstacle() ?? (await packagesObstacle(programs.rack)) ?? (await namespaceObstacle());
  },
  async newerGobgp() {
    try {
      await fetchGobgps(console.log);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      if (newerGobgps().length === 0) return error.message;
      console.log(`· without some newer gobgpd: ${error.message}`);
    }
    return null;
  },
  async kubernetes() {
    const obstacle = await packagesObstacle(programs.kubernetes);
    if (obstacle !== null) return obstacle;
    try {
      await kubeAssets({ say: console.log });
      return null;
    } catch (error) {
      if (error instanceof NoKubernetesError) return error.message;
      throw error;
    }
  },
};

async function packagesObstacle(wanted) {
  try {
    await installPackages(missingPackages(wanted));
    return null;
  } catch (error) {
    if (error instanceof SetupError) return error.message;
    throw error;
  }
}
