import { expect, test } from "vitest";
import { DecodeError } from "./fields.ts";
import { readKey } from "./metadata.ts";

test("a key is namespace/name, or the name alone for a kind without namespaces", () => {
  expect(readKey("Service", { metadata: { namespace: "shop", name: "web" } })).toBe("shop/web");
  expect(readKey("Service", { metadata: { name: "web" } })).toBe("default/web");
  expect(readKey("Service", { metadata: { namespace: "", name: "web" } })).toBe("default/web");
  expect(readKey("BGPPeer", { metadata: { namespace: "shop", name: "tor" } })).toBe("tor");
});

test.each([
  ["", null],
  ["", []],
  ["", "web"],
  ["metadata", {}],
  ["metadata", { metadata: [] }],
  ["metadata.name", { metadata: {} }],
  ["metadata.name", { metadata: { name: "a/b" } }],
  ["metadata.name", { metadata: { name: "web\u001b[31m" } }],
  ["metadata.name", { metadata: { name: "x".repeat(254) } }],
  ["metadata.namespace", { metadata: { name: "web", namespace: 7 } }],
  ["metadata.namespace", { metadata: { name: "web", namespace: "a b" } }],
])("an object without a proper name is refused at %j", (field, wire) => {
  const error = catchError(() => readKey("Service", wire));
  expect(error).toBeInstanceOf(DecodeError);
  expect(error).toMatchObject({ field });
  expect(String(error)).not.toMatch(/\p{Cc}/u);
});

function catchError(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
