// What the rack asks of the program that routes on a ToR: FRR or BIRD.
import type { NodeName } from "./layout.ts";
import type { RouterName } from "./shape.ts";

export interface Session {
  readonly established: boolean;
  /** How often the session came up since the router started. */
  readonly ups: number;
  /** How often it was lost since the router started. */
  readonly downs: number;
}

/** Where a router runs and what it begins with. */
export interface RouterOptions {
  /** Name of the ToR, for its logs and files. */
  readonly machine: string;
  readonly netns: string;
  readonly asn: number;
  /** Its configuration, in its own language. */
  readonly config: string;
}

export interface Router {
  readonly name: RouterName;
  start(): Promise<void>;
  /** Ends the router at once; sessions see their connection close. What it put into the kernel may stay there. */
  stop(): Promise<void>;
  sessions(): Promise<Readonly<Record<NodeName, Session>>>;
  /** Runs a command of the router's own shell and returns what it prints. */
  command(line: string): Promise<string>;
  /** How a person runs that command: the words before it. */
  readonly shell: readonly string[];
  /** Lets the ToR announce exactly these prefixes to all nodes. */
  announce(prefixes: readonly string[]): Promise<void>;
  /** Puts lines of its own language into force, beside what it began with. BIRD forgets those of an earlier call. */
  configure(lines: string): Promise<void>;
  /** Tears all sessions down; they come back by themselves. */
  clear(): Promise<void>;
}
