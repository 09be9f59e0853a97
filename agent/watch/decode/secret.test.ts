import { expect, test } from "vitest";
import { decodeSecret } from "./secret.ts";

const base64 = (text: string | Uint8Array) => Buffer.from(text).toString("base64");

/** What the Secret holds, by key. */
function read(body: object): Record<string, string> {
  const { key, state } = decodeSecret({ metadata: { namespace: "bellman", name: "bgp" }, ...body });
  if (key !== "bellman/bgp" || state.t !== "present") throw new Error("a Secret that was read is present");
  const shown = [...state.entries].map(([name, entry]) => [
    name,
    entry.t === "text" ? entry.text.reveal() : entry.t,
  ]);
  return Object.fromEntries(shown) as Record<string, string>;
}

test("texts of data and stringData are read as they are, stringData first", () => {
  const data = { plain: base64("first"), "with.dots": base64("grün \n"), both: base64("old"), empty: "" };
  expect(read({ data, stringData: { both: "new" } })).toEqual({
    plain: "first",
    "with.dots": "grün \n",
    both: "new",
    empty: "",
  });
});

test.each([[base64(Uint8Array.of(0xff, 0xfe))], ["not base64!"], [7], [null], [{ a: "b" }]])(
  "%j is no text",
  (value) => {
    expect(read({ data: { key: value } })).toEqual({ key: "binary" });
  },
);

test.each([{}, { data: null }, { data: "text" }, { data: [] }])("%j holds nothing", (body) => {
  expect(read(body)).toEqual({});
});

test("no serialisation of it shows a text", () => {
  const secret = decodeSecret({ metadata: { name: "bgp" }, stringData: { key: "hunter2" } });
  const entries = secret.state.t === "present" ? [...secret.state.entries.values()] : [];
  expect(JSON.stringify([secret, entries])).not.toContain("hunter2");
});
