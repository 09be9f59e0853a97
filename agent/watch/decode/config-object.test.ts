import { expect, test } from "vitest";
import { decodeConfigObject } from "./config-object.ts";
import { DecodeError } from "./fields.ts";

test("a configuration object keeps its spec as it was written", () => {
  const spec = { asNumber: "one", serviceClusterIPs: [{ cidr: "nonsense" }] };
  const object = { metadata: { name: "default", uid: "u1", labels: { tor: "a" }, generation: 3 }, spec };
  expect(decodeConfigObject("BGPConfiguration", object)).toEqual({
    kind: "BGPConfiguration",
    name: "default",
    uid: "u1",
    labels: { tor: "a" },
    spec,
  });
});

test("a spec that is not there is empty", () => {
  expect(decodeConfigObject("BGPPeer", { metadata: { name: "tor" } }).spec).toEqual({});
});

test("a spec that holds itself is refused, and so is one that nests beyond measure", () => {
  const loop: unknown[] = [];
  loop.push(loop);
  const deep: unknown = JSON.parse("[".repeat(5000) + "]".repeat(5000));
  for (const spec of [loop, deep])
    expect(() => decodeConfigObject("BGPPeer", { metadata: { name: "tor" }, spec })).toThrow(DecodeError);
});

test("labels that no API server would take refuse the object by name", () => {
  const object = { metadata: { name: "tor", labels: { rack: true } } };
  expect(() => decodeConfigObject("BGPPeer", object)).toThrow(/BGPPeer\/tor/);
});

test.each([
  ["beside none of its own", {}, { tor: "a", rack: "1" }],
  ["less than those it has itself", { tor: "b" }, { tor: "b", rack: "1" }],
])("labels that Calico's storage group keeps in an annotation count, %s", (_, labels, expected) => {
  const annotations = { "projectcalico.org/metadata": '{"uid":"u2","labels":{"tor":"a","rack":"1"}}' };
  const object = { metadata: { name: "tor", uid: "u1", labels, annotations } };
  expect(decodeConfigObject("BGPPeer", object)).toMatchObject({ uid: "u1", labels: expected });
});

test.each(["{", "null", '{"labels":7}', 7])("what Calico did not write there gives no labels: %s", (text) => {
  const object = { metadata: { name: "tor", annotations: { "projectcalico.org/metadata": text } } };
  expect(decodeConfigObject("BGPPeer", object).labels).toEqual({});
});
