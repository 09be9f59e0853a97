// gobgpd, for real, under the contract's tests.
import { describeEngine } from "./conformance.ts";
import { gobgpRig } from "./gobgp-rig.ts";

describeEngine("gobgp", () => gobgpRig());
