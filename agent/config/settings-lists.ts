// Settings that are lists: entries with a comma between them, each parsed by itself.

/** Taints of a node; what is null may be anything. */
export interface TaintPattern {
  readonly key: string;
  readonly value: string | null;
  readonly effect: string | null;
}

/** Returns a parser of comma lists that takes a text when every entry of it is taken. Each entry counts once. */
export function listOf<T>(parse: (text: string) => T | null): (text: string) => readonly T[] | null {
  return (text) => {
    const texts = new Set(splitList(text));
    const values = [...texts].flatMap((entry): readonly T[] => {
      const value = parse(entry);
      return value === null ? [] : [value];
    });
    return values.length === texts.size ? values : null;
  };
}

/** The entries of a comma list, without spaces around. */
export function splitList(text: string): readonly string[] {
  return text.split(",").map((entry) => entry.trim());
}

/** `key`, `key:Effect`, `key=value` or `key=value:Effect`, as kubectl writes taints. */
export function parseTaint(text: string): TaintPattern | null {
  const [, key, value, effect] =
    /^([^=:]+)(?:=([^=:]*))?(?::(NoSchedule|PreferNoSchedule|NoExecute))?$/.exec(text) ?? [];
  if (key === undefined || !isQualifiedName(key)) return null;
  if (value !== undefined && value !== "" && !isName(value)) return null;
  return { key, value: value ?? null, effect: effect ?? null };
}

export function parseLoadBalancerClass(text: string): string | null {
  return isQualifiedName(text) ? text : null;
}

/** `name` or `example.com/name`: label keys, taint keys and classes look like this in the Kubernetes API. */
function isQualifiedName(text: string): boolean {
  const parts = text.split("/");
  const [first = "", second] = parts;
  if (second === undefined) return isName(first);
  return parts.length === 2 && isName(second) && /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(first);
}

function isName(text: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/.test(text);
}
