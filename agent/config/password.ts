// The password that a BGPPeer names: from the Secret as it is known, or why there is none.
import { quote } from "../model/problem.ts";
import { Secret } from "../model/secret.ts";
import type { SecretEntry, SecretState } from "../model/secret-object.ts";
import type { PasswordRef } from "./peer-reading.ts";

/** `pending`: not known yet. `unread`: nobody looks at Secrets here, as offline. */
export type KnownSecret = SecretState | { readonly t: "pending" | "unread" };

/** What is known of the Secrets in the agent's namespace. */
export interface Secrets {
  /** null: not known where they live. */
  readonly namespace: string | null;
  readonly look: (name: string) => KnownSecret;
}

/** Where passwords are not looked at. */
export const unreadSecrets: Secrets = { namespace: null, look: () => ({ t: "unread" }) };

export type Password =
  | { readonly t: "ready"; readonly password: Secret | null }
  /** Not known yet: a session that stands must not be touched for it. */
  | { readonly t: "pending"; readonly field: string; readonly says: string }
  | { readonly t: "unusable"; readonly field: string; readonly says: string };

/** TCP_MD5SIG_MAXKEYLEN of Linux. */
const maxBytes = 80;

export function findPassword(ref: PasswordRef | null, { namespace, look }: Secrets): Password {
  if (ref === null) return { t: "ready", password: null };
  const at = "spec.password.secretKeyRef";
  const known = look(ref.name);
  const secret = `Secret ${namespace === null ? "" : `${namespace}/`}${ref.name}`;
  const unusable = (field: string, says: string) => ({ t: "unusable", field, says }) as const;
  if (namespace === null && (known.t === "pending" || known.t === "absent"))
    return unusable(at, "outside a pod the namespace of Secrets is not known: set --namespace");
  switch (known.t) {
    case "unread":
      return { t: "ready", password: placeholder };
    case "pending":
      return { t: "pending", field: at, says: `${secret} has not been read yet` };
    case "absent":
      return unusable(`${at}.name`, `there is no ${secret}`);
    case "withheld":
      return unusable(`${at}.name`, `${secret} cannot be read: ${known.why}`);
    case "present": {
      const entry = known.entries.get(ref.key);
      if (entry === undefined) return unusable(`${at}.key`, `${secret} has no key ${quote(ref.key)}`);
      const fault = faultOf(entry);
      if (entry.t === "text" && fault === null) return { t: "ready", password: entry.text };
      return unusable(`${at}.key`, `what ${secret} holds under ${quote(ref.key)} ${fault ?? ""}`);
    }
  }
}

/** Stands for a password that is not looked at. */
const placeholder = new Secret("");

/** Why it cannot be a password, without showing it; null: it can. */
function faultOf(entry: SecretEntry): string | null {
  if (entry.t === "binary") return "is no text in UTF-8";
  const text = entry.text.reveal();
  if (text === "") return "is empty";
  if (/[\r\n]$/.test(text)) return "ends with a line break, which no router's password does";
  if (/\p{Cc}/u.test(text)) return "has control characters in it";
  const bytes = new TextEncoder().encode(text).length;
  return bytes > maxBytes ? `is ${bytes} bytes long; TCP MD5 takes ${maxBytes} at most` : null;
}
