// Stands in for the file of a drain, with the faults of file systems.
import type { DrainStore, StoredDrain } from "./drain-file.ts";

export class MemoryDrainStore implements DrainStore {
  readonly path = "/var/lib/bellman/drain-n1.json";
  stored: StoredDrain = { t: "none" };
  /** Why nothing can be written; null: it can. */
  fault: string | null = null;

  read(): Promise<StoredDrain> {
    return Promise.resolve(this.stored);
  }

  write(since: string): Promise<void> {
    return this.#change({ t: "asked", since });
  }

  remove(): Promise<void> {
    return this.#change({ t: "none" });
  }

  #change(stored: StoredDrain): Promise<void> {
    if (this.fault !== null) return Promise.reject(new Error(this.fault));
    this.stored = stored;
    return Promise.resolve();
  }
}
