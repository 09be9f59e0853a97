// The barest way to have a speaker announce routes: what its driver is compared with. Each is driven beside the driver,
// on the same daemon, and leaves nothing behind.
import type { Prefix } from "../../agent/model/prefix.ts";

export interface Bare {
  /** What is called, for the table. */
  readonly one: string;
  /** The same for thousands. */
  readonly many: string;
  /** To be called when the driver may have changed something since. */
  prepare(): void;
  /** While only bare routes are there: takes off the neighbour what the driver needs for its own, or puts it back. */
  alone(yes: boolean): Promise<void>;
  /** Resolves when the speaker has answered. */
  announce(prefixes: readonly Prefix[]): Promise<void>;
  withdraw(prefixes: readonly Prefix[]): Promise<void>;
  close(): void;
}
