// A bell that a sleeping loop waits for: rung while the loop works, it is heard at the next wait.

export class Wakeup {
  #rung = false;
  #waiting: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#waiting?.();
  }

  /** Resolves when the bell has been rung since the last wait. One waiter at a time. */
  async wait(): Promise<void> {
    if (!this.#rung)
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    this.#waiting = null;
    this.#rung = false;
  }
}
