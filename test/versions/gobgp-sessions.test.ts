// Newer gobgpds under the tests of sessions, which the system's own has to pass too.
import { describeGobgpSessions } from "../integration/engine/gobgp-sessions.ts";
import { describeFetched } from "./fetched.ts";

describeFetched(describeGobgpSessions);
