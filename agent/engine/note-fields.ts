// Notes for ourselves in what a speaker reads: `name=value` in a row, in one line.

export function field(name: string, value: string | number | null): string {
  return value === null ? "" : ` ${name}=${value}`;
}

export function list(name: string, values: readonly (string | number)[]): string {
  return values.length === 0 ? "" : ` ${name}=${values.join(",")}`;
}

export function parseNumber(text: string): number | null {
  return /^[0-9]{1,10}$/.test(text) ? Number(text) : null;
}

export function parseText(text: string): string {
  return text;
}

export class Fields {
  readonly #values: ReadonlyMap<string, string>;

  constructor(words: readonly string[]) {
    this.#values = new Map(
      words.map((word) => {
        const at = word.indexOf("=");
        return at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
      }),
    );
  }

  one<T>(name: string, parse: (text: string) => T | null): T | null {
    const text = this.#values.get(name);
    return text === undefined ? null : parse(text);
  }

  many<T>(name: string, parse: (text: string) => T | null): readonly T[] {
    const text = this.#values.get(name);
    return text === undefined ? [] : text.split(",").flatMap((each) => parse(each) ?? []);
  }
}
