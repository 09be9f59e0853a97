// Newer gobgpds under the very tests that the system's own has to pass: the contract's and the driver's.
import { describeEngine } from "../integration/engine/conformance.ts";
import { describeGobgpDriver } from "../integration/engine/gobgp-driver.ts";
import { gobgpRig } from "../integration/engine/gobgp-rig.ts";
import { describeFetched } from "./fetched.ts";

describeFetched((folder) => {
  describeEngine("gobgp", () => gobgpRig({ folder }));
  describeGobgpDriver(folder);
});
