// gobgpd, for real, under the contract's tests and its driver's own: the one that the system has.
import { describeEngine } from "./conformance.ts";
import { describeGobgpDriver } from "./gobgp-driver.ts";
import { gobgpRig } from "./gobgp-rig.ts";

describeEngine("gobgp", () => gobgpRig());
describeGobgpDriver();
