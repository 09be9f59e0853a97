// Reading an object's spec field by field: each known field has a handler, an unknown one is told.
import { quote } from "../model/problem.ts";
import type { ConfigObject } from "../model/config-object.ts";
import { didYouMean } from "../model/suggest.ts";

/** Takes the value of one field into a reading. */
export type Handler<Reading> = (value: unknown, field: string, reading: Reading) => void;

export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Left out, or written without a value: to the Kubernetes API these are the same. */
export function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

/**
 * Hands each field that is set to its handler.
 *
 * @param unknown is told of fields without a handler: in a message for those that then have no effect, and bare; and how
 *   they are called
 */
export function readFields<Reading>(
  spec: Json,
  path: string,
  handlers: Readonly<Record<string, Handler<Reading>>>,
  reading: Reading,
  unknown: (field: string, message: string, says: string, name: string) => void,
): void {
  for (const [name, value] of Object.entries(spec)) {
    if (value === undefined || value === null) continue;
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (handler !== undefined) handler(value, `${path}.${name}`, reading);
    else {
      const [says, hint] = ["there is no such field", didYouMean(name, Object.keys(handlers))];
      unknown(fieldPath(path, name), `${says}, and it has no effect${hint}`, `${says}${hint}`, name);
    }
  }
}

/** Path to a field whose name is foreign text. */
export function fieldPath(path: string, name: string): string {
  return /^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(name) ? `${path}.${name}` : `${path}[${quote(name)}]`;
}

/** `BGPPeer/tor1`, also when a file gives the object a name that the API would refuse. */
export function objectName({ kind, name }: Pick<ConfigObject, "kind" | "name">): string {
  return `${kind}/${/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(name) ? name : quote(name)}`;
}
