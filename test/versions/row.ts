// One row of the matrix: the contract's tests, and those of what the driver has of its own, with the engine and the
// programs that the environment names.
import { describeBirdDriver } from "../integration/engine/bird-driver.ts";
import { birdRig } from "../integration/engine/bird-rig.ts";
import { describeEngine } from "../integration/engine/conformance.ts";
import { describeFrrAgents } from "../integration/engine/frr-agents.ts";
import { describeFrrDriver } from "../integration/engine/frr-driver.ts";
import { describeFrrFile } from "../integration/engine/frr-file.ts";
import { frrRig } from "../integration/engine/frr-rig.ts";
import { describeFrrVtysh } from "../integration/engine/frr-vtysh.ts";
import { describeGobgpDriver } from "../integration/engine/gobgp-driver.ts";
import { describeGobgpExports } from "../integration/engine/gobgp-exports.ts";
import { describeGobgpImports } from "../integration/engine/gobgp-imports.ts";
import { gobgpRig } from "../integration/engine/gobgp-rig.ts";
import { describeLoadedBird, describeLoadedFrr } from "../integration/templates/loaded.ts";

const rows: Readonly<Record<string, (folder: string | undefined) => void>> = {
  gobgp(folder) {
    describeEngine("gobgp", () => gobgpRig({ folder }));
    describeGobgpDriver(folder);
    describeGobgpExports(folder);
    describeGobgpImports(folder);
  },
  frr(folder) {
    describeEngine("frr", () => frrRig({ folder, keepsFile: true }));
    describeFrrDriver(folder);
    describeFrrFile(folder);
    describeFrrAgents(folder);
    describeFrrVtysh(folder);
    describeLoadedFrr(folder);
  },
  bird(folder) {
    describeEngine("bird", () => birdRig({ folder }));
    describeBirdDriver(folder);
    describeLoadedBird(folder);
  },
};

const { BELLMAN_ENGINE: engine = "", BELLMAN_ENGINE_FOLDER: folder = "" } = process.env;
const row = rows[engine];
if (row === undefined) throw new Error(`no engine "${engine}": npm run test:matrix names one`);
row(folder === "" ? undefined : folder);
