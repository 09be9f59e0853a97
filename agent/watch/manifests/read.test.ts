import { expect, test } from "vitest";
import { readManifests } from "./read.ts";

const peer = (name: string, asn: number) =>
  `apiVersion: projectcalico.org/v3\nkind: BGPPeer\nmetadata: {name: ${name}}\nspec: {asNumber: ${asn}}\n`;

test("of two files with the same object the first wins, and the other is named", () => {
  const { objects, problems } = readManifests([
    { name: "a.yaml", text: peer("tor", 1) },
    { name: "b.yaml", text: `${peer("tor", 2)}---\n${peer("tor2", 2)}` },
  ]);
  expect(objects.BGPPeer.get("tor")?.spec).toEqual({ asNumber: 1 });
  expect([...objects.BGPPeer.keys()]).toEqual(["tor", "tor2"]);
  expect(problems).toEqual([
    {
      object: "BGPPeer/tor",
      field: "",
      severity: "error",
      message: "File/a.yaml and File/b.yaml both hold it; the one in File/a.yaml counts",
    },
  ]);
});

test("a file that does not parse is a problem; the other files hold", () => {
  const { objects, problems } = readManifests([
    { name: "a.yaml", text: "a: [" },
    { name: "b.yaml", text: peer("tor", 1) },
  ]);
  expect([...objects.BGPPeer.keys()]).toEqual(["tor"]);
  expect(problems).toMatchObject([{ object: "File/a.yaml", field: "", severity: "error" }]);
});

test("objects with the same name but of different kinds are different objects", () => {
  const text = ["Node", "Service"]
    .map((kind) => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: x}`)
    .join("\n---\n");
  expect(readManifests([{ name: "a.yaml", text }]).problems).toEqual([]);
});
