// Which Secrets are to be watched: those that the configuration names, and no other.

export class WantedSecrets {
  /** Where they live; null: not known, and nothing is watched. */
  readonly namespace: string | null;
  #names: ReadonlySet<string> = new Set();
  #changed: () => void = () => undefined;

  constructor(namespace: string | null) {
    this.namespace = namespace;
  }

  get names(): ReadonlySet<string> {
    return this.#names;
  }

  /** To be called whenever the configuration was read; the same names again change nothing. */
  want(names: ReadonlySet<string>): void {
    if (names.size === this.#names.size && [...names].every((name) => this.#names.has(name))) return;
    this.#names = names;
    this.#changed();
  }

  /** Calls `changed` after each change from now on; there is one follower at a time. */
  follow(changed: () => void): void {
    this.#changed = changed;
  }
}
