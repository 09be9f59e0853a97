// A Kubernetes Secret that a session's password is taken from, as far as it is known.
import { sameSecret } from "./secret.ts";
import type { Secret } from "./secret.ts";
import type { ObjectKey } from "./service.ts";

/** What stands under one key. */
export type SecretEntry =
  { readonly t: "text"; readonly text: Secret } /** Bytes that are no UTF-8. */ | { readonly t: "binary" };

export type SecretState =
  | { readonly t: "present"; readonly entries: ReadonlyMap<string, SecretEntry> }
  /** The API says that there is none. */
  | { readonly t: "absent" }
  /** The API does not hand it out. */
  | { readonly t: "withheld"; readonly why: string };

export interface SecretObject {
  readonly key: ObjectKey;
  readonly state: SecretState;
}

/** Do both say the same? Neither JSON nor a deep comparison tells: both are blind to what a Secret hides. */
export function sameSecretState(a: SecretState, b: SecretState): boolean {
  if (a.t === "withheld" || b.t === "withheld")
    return a.t === b.t && "why" in a && "why" in b && a.why === b.why;
  if (a.t === "absent" || b.t === "absent") return a.t === b.t;
  if (a.entries.size !== b.entries.size) return false;
  return [...a.entries].every(([key, entry]) => sameEntry(entry, b.entries.get(key)));
}

function sameEntry(a: SecretEntry, b: SecretEntry | undefined): boolean {
  if (b === undefined) return false;
  return sameSecret(a.t === "text" ? a.text : null, b.t === "text" ? b.text : null);
}
