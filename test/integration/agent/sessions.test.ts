// The gobgpd that the system has; test/versions has the others.
import { describeAgentSessions } from "./agent-sessions.ts";

describeAgentSessions();
