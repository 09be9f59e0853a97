// Looking into objects as the API writes them.

export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path)
    here = typeof here === "object" && here !== null ? Reflect.get(here, key) : undefined;
  return here;
}

export function isFields(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
