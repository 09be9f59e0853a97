// Equal strings, kept once: JSON.parse makes a new one each time a name occurs.

/** Forgets everything when full: sharing is a saving, not a promise. */
export class StringPool {
  readonly #strings = new Map<string, string>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#strings.size;
  }

  share(text: string): string {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    if (this.#strings.size >= this.#capacity) this.#strings.clear();
    this.#strings.set(text, text);
    return text;
  }
}
