// One page of a list, as the API writes it.
import { quote } from "../../model/problem.ts";
import { isFields } from "../decode/fields.ts";
import { messageOf, WatchError } from "../errors.ts";

export interface ListPage {
  readonly items: readonly unknown[];
  readonly version: string;
  /** Token for the next page; empty: this is the last. */
  readonly next: string;
}

/** @throws {WatchError} `malformed` */
export function parseListPage(text: string): ListPage {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    throw new WatchError("malformed", `the list is not JSON: ${quote(messageOf(cause))}`, { cause });
  }
  const metadata = isFields(list) ? list["metadata"] : undefined;
  const items = isFields(list) ? (list["items"] ?? []) : undefined;
  if (!isFields(metadata) || !Array.isArray(items))
    throw new WatchError("malformed", "the answer is JSON, but no list");
  const version = metadata["resourceVersion"];
  if (typeof version !== "string" || version === "")
    throw new WatchError("malformed", "the list has no resourceVersion to watch from");
  const next = metadata["continue"] ?? "";
  if (typeof next !== "string")
    throw new WatchError("malformed", "the list has a continue token that is no text");
  return { items, version, next };
}
