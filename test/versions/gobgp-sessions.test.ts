// Newer gobgpds under the very tests that the system's own has to pass: sessions and filters.
import { describeAgentSessions } from "../integration/agent/agent-sessions.ts";
import { describeGobgpExports } from "../integration/engine/gobgp-exports.ts";
import { describeGobgpSessions } from "../integration/engine/gobgp-sessions.ts";
import { describeFetched } from "./fetched.ts";

describeFetched((folder) => {
  describeGobgpExports(folder);
  describeGobgpSessions(folder);
  describeAgentSessions(folder);
});
