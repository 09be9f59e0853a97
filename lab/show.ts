// What the lab prints: steps, commands with their output, and a line for every expectation.
import { isDeepStrictEqual } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";

export interface ShowOptions {
  /** Only the expectations, and what goes wrong. */
  readonly terse: boolean;
  readonly signal: AbortSignal;
  /** Gets each line. */
  readonly print: (line: string) => void;
}

export class Show {
  readonly #options: ShowOptions;
  readonly #started = performance.now();
  #heartbeat: NodeJS.Timeout | null = null;
  #passed = 0;
  #failed = 0;

  constructor(options: ShowOptions) {
    this.#options = options;
  }

  get passed(): number {
    return this.#passed;
  }

  get failed(): number {
    return this.#failed;
  }

  /** A part of the demonstration begins. */
  title(text: string): void {
    this.#quiet(`\n${text}`);
  }

  /** Something that takes a while begins; until the next line it is told every five seconds that it goes on. */
  step(text: string): void {
    this.done();
    this.#options.print(`· ${text} (at ${this.#seconds()} s)`);
    const begun = performance.now();
    this.#heartbeat = setInterval(() => {
      this.#options.print(`  … ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    }, 5_000);
  }

  done(): void {
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#heartbeat = null;
  }

  text(text: string): void {
    this.#quiet(text);
  }

  /** A command as a person would type it, with what it printed. */
  command(command: string, output: string): void {
    this.#quiet(`$ ${command}`);
    for (const line of output.trimEnd().split("\n")) this.#quiet(`    ${line}`);
  }

  /** Looks until it sees what is wanted, for at most that long, and says whether it did. */
  async expect(title: string, look: () => unknown, wanted: unknown, timeoutMs = 15_000): Promise<void> {
    // After a first failure the others mostly follow from it: no need to wait as long for each.
    const deadline = performance.now() + (this.#failed > 0 ? Math.min(timeoutMs, 3_000) : timeoutMs);
    let seen: unknown;
    do {
      this.#options.signal.throwIfAborted();
      try {
        seen = await look();
      } catch (error) {
        seen = error instanceof Error ? error.message : error;
      }
      if (isDeepStrictEqual(seen, wanted)) {
        this.#passed++;
        this.#options.print(`✓ ${title}`);
        return;
      }
      await sleep(50, undefined, { signal: this.#options.signal });
    } while (performance.now() < deadline);
    this.#failed++;
    this.#options.print(`✗ ${title}`);
    this.#options.print(`    wanted: ${JSON.stringify(wanted)}`);
    this.#options.print(`    seen:   ${JSON.stringify(seen)}`);
  }

  #seconds(): string {
    return ((performance.now() - this.#started) / 1000).toFixed(1);
  }

  #quiet(line: string): void {
    this.done();
    if (!this.#options.terse) this.#options.print(line);
  }
}
