// One row of the matrix: the contract's tests with the engine and the programs that the environment names.
import { birdRig } from "../integration/engine/bird-rig.ts";
import { describeEngine } from "../integration/engine/conformance.ts";
import type { EngineRig } from "../integration/engine/conformance/rig.ts";
import { frrRig } from "../integration/engine/frr-rig.ts";
import { gobgpRig } from "../integration/engine/gobgp-rig.ts";

const rigs: Readonly<Record<string, (folder: string | undefined) => Promise<EngineRig>>> = {
  gobgp: (folder) => gobgpRig({ folder }),
  frr: (folder) => frrRig({ folder }),
  bird: (folder) => birdRig({ folder }),
};

const { BELLMAN_ENGINE: engine = "", BELLMAN_ENGINE_FOLDER: folder = "" } = process.env;
const rig = rigs[engine];
if (rig === undefined) throw new Error(`no engine "${engine}": npm run test:matrix names one`);
describeEngine(engine, () => rig(folder === "" ? undefined : folder));
