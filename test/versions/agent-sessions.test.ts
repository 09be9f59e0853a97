// The agent's sessions with newer gobgpds.
import { describeAgentSessions } from "../integration/agent/agent-sessions.ts";
import { describeFetched } from "./fetched.ts";

describeFetched(describeAgentSessions);
