// password.secretKeyRef of a BGPPeer. A value that is not understood is never shown: it may be the password itself.
import { isObjectName } from "../model/object-name.ts";
import { quote } from "../model/problem.ts";
import type { Reading } from "./peer-reading.ts";
import { isEmpty, isRecord, readFields } from "./spec.ts";
import type { Handler } from "./spec.ts";

const form = "the name of a Secret and a key in it";

export function readPassword(value: unknown, field: string, reading: Reading): void {
  if (isEmpty(value)) return;
  const typo = (at: string, says: string) => reading.tell("typo", at, says);
  const at = `${field}.secretKeyRef`;
  const ref: Parts = { name: "", key: "" };
  let found: unknown;
  if (isRecord(value)) readFields(value, field, { secretKeyRef: (inner) => (found = inner) }, reading, typo);
  if (!isRecord(found)) {
    if (found === undefined)
      reading.tell("invalid", field, `it is not of the form secretKeyRef with ${form}`);
    else reading.tell("invalid", at, `it is not ${form}`);
    return;
  }
  readFields<Parts>(found, at, refFields(reading), ref, typo);
  if (!isObjectName(ref.name)) reading.tell("invalid", `${at}.name`, "it is not the name of a Secret");
  else if (ref.key === "") reading.tell("invalid", `${at}.key`, "the key in the Secret is missing");
  else reading.passwordRef = ref;
}

interface Parts {
  name: string;
  key: string;
}

function refFields(reading: Reading): Readonly<Record<keyof Parts | "optional", Handler<Parts>>> {
  return {
    name: (value, _, ref) => (ref.name = typeof value === "string" ? value : ""),
    key: (value, _, ref) => (ref.key = typeof value === "string" ? value : ""),
    optional(value, field) {
      if (value !== false)
        reading.tell("ignored", field, `${quote(value)} has no effect; no session runs without its password`);
    },
  };
}
