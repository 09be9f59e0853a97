// What this machine can do for the tests; what it lacks is installed or built where that is possible.
import {
  hostObstacle,
  installPackages,
  missingPackages,
  namespaceObstacle,
  programs,
} from "../lab/setup/debian.mjs";
import { SetupError } from "../lab/setup/run.mjs";
import { kubeAssets, NoKubernetesError } from "./kube/assets.mjs";
import { newerSpeakers } from "./versions/speakers.mjs";

/** Capability → a function that resolves with why it cannot be had, in a line; null: it is there. */
export const capabilities = {
  async rack() {
    return hostObstacle() ?? (await packagesObstacle(programs.rack)) ?? (await namespaceObstacle());
  },
  async newerGobgp() {
    const all = await newerSpeakers({ of: ["gobgp"] });
    const lacking = all.filter(({ obstacle }) => obstacle !== undefined);
    const why = lacking.map(({ suite, obstacle }) => `${suite}: ${obstacle}`).join("; ");
    if (lacking.length === all.length) return why;
    if (lacking.length > 0) console.log(`· without some newer gobgpd: ${why}`);
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
