// What the driver asks of bgpd's command line, whichever way it is reached: by its socket, or through vtysh.

import type { EngineError } from "../contract.ts";

/** A line of configuration that bgpd did not take. */
export interface RefusedLine {
  /** Place in the lines that were sent, from 0. */
  readonly index: number;
  readonly line: string;
  /** bgpd's own words, in one line; empty: it gave none. */
  readonly says: string;
}

export interface Vty {
  /**
   * The answer to a command that changes nothing.
   *
   * @throws {EngineError} when bgpd is gone or silent, or refuses the command.
   */
  show(command: string): Promise<string>;
  /**
   * Sends lines of configuration from the top level down, all at once. A refused line does not keep the others from
   * being applied.
   *
   * @throws {EngineError} when bgpd is gone or silent: nothing is known then.
   */
  configure(lines: readonly string[]): Promise<readonly RefusedLine[]>;
  close(): void;
}

/** Told once when the connection has ended, unless we ended it. */
export type VtyEnded = (error: EngineError) => void;

/** Words of bgpd in one line, without its sign for errors. */
export function oneLine(says: string): string {
  return says.replace(/^%\s*/gm, "").replace(/\s+/g, " ").trim();
}
