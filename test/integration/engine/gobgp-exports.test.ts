// gobgpd, for real, and what filters ask of it: the one that the system has.
import { describeGobgpExports } from "./gobgp-exports.ts";

describeGobgpExports();
