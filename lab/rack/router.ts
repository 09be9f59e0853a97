// What the rack asks of the program that routes on the ToR: FRR or BIRD.
import type { NodeName } from "./layout.ts";

export interface Session {
  readonly established: boolean;
  /** How often the session came up since the router started. */
  readonly ups: number;
  /** How often it was lost since the router started. */
  readonly downs: number;
}

export interface Router {
  readonly name: "frr" | "bird";
  start(): Promise<void>;
  /** Ends the router at once. Its routes go with it; sessions see their connection close. */
  stop(): Promise<void>;
  sessions(): Promise<Readonly<Record<NodeName, Session>>>;
  /** Runs a command of the router's own shell and returns what it prints. */
  command(line: string): Promise<string>;
  /** How a person runs that command: the words before it. */
  readonly shell: readonly string[];
  /** Lets the ToR announce exactly these prefixes to all nodes. */
  announce(prefixes: readonly string[]): Promise<void>;
  /** Tears all sessions down; they come back by themselves. */
  clear(): Promise<void>;
}
