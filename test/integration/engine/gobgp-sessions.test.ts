// gobgpd, for real, and what sessions and filters ask of it: the one that the system has.
import { describeGobgpExports } from "./gobgp-exports.ts";
import { describeGobgpSessions } from "./gobgp-sessions.ts";

describeGobgpExports();
describeGobgpSessions();
