// gobgpd, for real, under the contract's tests and its driver's own: the one that the system has.
import { describeEngine } from "./conformance.ts";
import { describeGobgpDriver } from "./gobgp-driver.ts";
import { describeGobgpExports } from "./gobgp-exports.ts";
import { gobgpRig } from "./gobgp-rig.ts";
import { describeGobgpSessions } from "./gobgp-sessions.ts";

describeEngine("gobgp", () => gobgpRig());
describeGobgpDriver();
describeGobgpExports();
describeGobgpSessions();
