// What the picture knows of the Secrets that peers name.
import type { KnownSecret, Secrets } from "../config/password.ts";
import type { SecretObject } from "../model/secret-object.ts";

/**
 * - `byName`: each that is wanted, a moment after it is: one that is not in the picture is not known yet.
 * - `all`: one that is not in the picture does not exist.
 * - `never`: one that is in the picture by chance is looked at, of others nothing can be said.
 */
export type SecretsSeen = "byName" | "all" | "never";

const missing: Readonly<Record<SecretsSeen, KnownSecret>> = {
  byName: { t: "pending" },
  all: { t: "absent" },
  never: { t: "unread" },
};

export function secretsIn(
  objects: ReadonlyMap<string, SecretObject>,
  namespace: string | null,
  seen: SecretsSeen,
): Secrets {
  return {
    namespace,
    look(name) {
      const key = namespace === null ? anyKey(objects, name, seen) : `${namespace}/${name}`;
      return objects.get(key)?.state ?? missing[seen];
    },
  };
}

/** Manifests that are looked at offline say by themselves which namespace they are for. */
function anyKey(objects: ReadonlyMap<string, SecretObject>, name: string, seen: SecretsSeen): string {
  return seen === "never" ? ([...objects.keys()].find((key) => key.endsWith(`/${name}`)) ?? "") : "";
}
