// Whether an object that came again says anything new.
import { sameSecretState } from "../model/secret-object.ts";
import type { SecretObject } from "../model/secret-object.ts";
import type { Kind, ModelOf } from "./kinds.ts";

type Model = ModelOf[Kind];

export function sameObject(a: Model | undefined, b: Model | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if (isSecret(a) || isSecret(b)) return isSecret(a) && isSecret(b) && sameSecret(a, b);
  return JSON.stringify(a) === JSON.stringify(b);
}

function isSecret(object: Model): object is SecretObject {
  return "state" in object;
}

function sameSecret(a: SecretObject, b: SecretObject): boolean {
  return a.key === b.key && sameSecretState(a.state, b.state);
}
