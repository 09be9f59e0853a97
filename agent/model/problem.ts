// What is wrong with an object of the user's, told so that they can mend it.

/** An `error` keeps something from working as written; a `warning` does not. */
export type Severity = "error" | "warning";

export interface Problem {
  /** `BGPPeer/tor1`, or `Service/namespace/name` for namespaced kinds. */
  readonly object: string;
  /** Path to the field, like `spec.serviceClusterIPs[1].cidr`; empty when the object as a whole is meant. */
  readonly field: string;
  readonly severity: Severity;
  /** One sentence: what is wrong, and what holds meanwhile. */
  readonly message: string;
}

export function hasError({ problems }: { readonly problems: readonly Problem[] }): boolean {
  return problems.some(({ severity }) => severity === "error");
}

/** Orders by object, then field, then message. */
export function compareProblems(a: Problem, b: Problem): number {
  return (
    compareText(a.object, b.object) || compareText(a.field, b.field) || compareText(a.message, b.message)
  );
}

/** Orders by code unit, the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Makes foreign text fit to be shown in one line of a message: quoted, control characters escaped, cut at 80
 * characters.
 */
export function quote(value: unknown): string {
  const text =
    typeof value === "string" ? value : ((JSON.stringify(value) as string | undefined) ?? String(value));
  const short = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  // JSON leaves C1 controls and bidirectional overrides alone; a terminal does not.
  return JSON.stringify(short).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
