// What the rack asks of the program that speaks BGP on a node: gobgpd, FRR's bgpd or BIRD.
import type { EngineName } from "../../agent/config/engine-settings.ts";
import type { NodeName } from "./layout.ts";

export type { EngineName } from "../../agent/config/engine-settings.ts";

/** Where a speaker runs. */
export interface SpeakerOptions {
  readonly node: NodeName;
  readonly netns: string;
  /** For its sockets and files, which outlast each of its processes. */
  readonly directory: string;
}

/** It is told nothing but where its sockets and files are: the agent does the rest. */
export interface Speaker {
  readonly engine: EngineName;
  /** As people know it, and its logs are named. */
  readonly program: string;
  /** What the agent connects to. */
  readonly socket: string;
  /** Flags of an agent that drives it. */
  readonly agentSettings: readonly string[];
  /** Logs of its daemons, there or not. */
  readonly logs: readonly string[];
  readonly running: boolean;

  /** Starts it, as it was configured last where that is kept in files, and waits for its socket. */
  start(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it without a word; its socket file stays behind. */
  kill(): Promise<void>;
  /** It does nothing any more, and closes nothing, until it is thawed. */
  freeze(): Promise<void>;
  thaw(): void;

  /** A command for people that lists the IPv4 routes it has. */
  readonly listRoutes: readonly string[];
  /** Takes a route out that it originates, as somebody with a shell on the node would. */
  removeRoute(prefix: string): Promise<void>;
  /** What it signs the segments to a neighbour with (RFC 2385); null: nothing, or it knows no such neighbour. */
  passwordFor(neighbour: string): Promise<string | null>;
}
