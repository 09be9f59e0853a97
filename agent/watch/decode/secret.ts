// Secret (v1) as the API writes it, or a manifest → its texts by key. No message shows a value.
import { Secret } from "../../model/secret.ts";
import type { SecretEntry, SecretObject } from "../../model/secret-object.ts";
import { isFields } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { keyOf, readMetadata } from "./metadata.ts";

/** @throws {DecodeError} when the object has no proper name. */
export function decodeSecret(object: unknown): SecretObject {
  const { wire, metadata } = readMetadata("Secret", object);
  const entries = new Map<string, SecretEntry>();
  for (const [key, value] of Object.entries(fieldsOf(wire["data"]))) entries.set(key, decodeBase64(value));
  // Of manifests; it wins over data, as at the API.
  for (const [key, value] of Object.entries(fieldsOf(wire["stringData"]))) entries.set(key, textEntry(value));
  return { key: keyOf(metadata.namespace, metadata.name), state: { t: "present", entries } };
}

/** A collection of another shape has no keys: the peer that names one says what is missing. */
function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function decodeBase64(value: unknown): SecretEntry {
  if (typeof value !== "string" || !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)) return { t: "binary" };
  try {
    return textEntry(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, "base64")),
    );
  } catch {
    return { t: "binary" };
  }
}

function textEntry(value: unknown): SecretEntry {
  return typeof value === "string" ? { t: "text", text: new Secret(value) } : { t: "binary" };
}
