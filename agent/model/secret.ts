// A text that must not be seen: nothing that shows, logs or serialises it gets more than a placeholder.

const placeholder = "(secret)";

/** A password. Only `reveal` hands out the text, and only a driver that must send it to its speaker calls that. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  equals(other: Secret | null): boolean {
    return other !== null && other.#text === this.#text;
  }

  toString(): string {
    return placeholder;
  }

  toJSON(): string {
    return placeholder;
  }
}

/** Are both the same secret, or both none? */
export function sameSecret(a: Secret | null, b: Secret | null): boolean {
  return a === null ? b === null : a.equals(b);
}
