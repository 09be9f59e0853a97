import { expect, test } from "vitest";
import { fileObject, readContents } from "./contents.ts";

const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\n`;

function keysOf(text: string): Readonly<Record<string, readonly string[]>> {
  const contents = readContents("x.yaml", text);
  if (contents.t === "broken") throw new Error(contents.problem.message);
  expect(contents.problems).toEqual([]);
  const entries = Object.entries(contents.objects).map(
    ([kind, objects]) => [kind, [...objects.keys()]] as const,
  );
  return Object.fromEntries(entries.filter(([, keys]) => keys.length > 0));
}

test("all watched kinds are read, others are none of our business", () => {
  const text = [
    service("web"),
    "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-x, namespace: shop}\naddressType: IPv4",
    "apiVersion: v1\nkind: Node\nmetadata: {name: n1}",
    "apiVersion: projectcalico.org/v3\nkind: BGPConfiguration\nmetadata: {name: default}",
    "apiVersion: crd.projectcalico.org/v1\nkind: BGPPeer\nmetadata: {name: tor}",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}",
    "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: web}",
  ].join("\n---\n");
  expect(keysOf(text)).toEqual({
    Service: ["default/web"],
    EndpointSlice: ["shop/web-x"],
    Node: ["n1"],
    BGPConfiguration: ["default"],
    BGPPeer: ["tor"],
  });
});

test("a List of kubectl's is read, and a list as the API serves it", () => {
  const item = { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } };
  expect(keysOf(JSON.stringify({ apiVersion: "v1", kind: "List", items: [item] }))).toEqual({ Node: ["n1"] });
  const items = [{ metadata: { name: "n1" } }, { metadata: { name: "n2" } }];
  expect(keysOf(JSON.stringify({ apiVersion: "v1", kind: "NodeList", items }))).toEqual({
    Node: ["n1", "n2"],
  });
});

test.each([
  ["text that does not parse", "a: [", /does not parse at 1:5/],
  ["a document that is no object", "hello", /document 1 holds "hello" without apiVersion and kind/],
  ["an object without a kind", `${service("web")}---\nmetadata: {name: x}\n`, /document 2/],
])("%s breaks the file as a whole", (_, text, message) => {
  expect(readContents("x.yaml", text)).toMatchObject({
    t: "broken",
    problem: {
      object: "File/x.yaml",
      field: "",
      severity: "error",
      message: expect.stringMatching(message) as string,
    },
  });
});

test("an object without a name is a problem of the file; the others hold", () => {
  const contents = readContents("x.yaml", `${service("'no name'")}---\n${service("web")}`);
  expect(contents).toMatchObject({ problems: [{ object: "File/x.yaml", field: "metadata.name" }] });
  expect(contents.t === "good" && [...contents.objects.Service.keys()]).toEqual(["default/web"]);
});

test("of an object that one file holds twice the first holds, and it is said", () => {
  const contents = readContents("x.yaml", `${service("web")}---\n${service("web")}spec: {type: NodePort}\n`);
  expect(contents).toMatchObject({ problems: [{ object: "Service/default/web", field: "" }] });
  expect(contents.t === "good" && contents.objects.Service.get("default/web")?.type).toBe("ClusterIP");
});

test("a file's name is shown as it is when it is harmless", () => {
  expect(fileObject("lab/10-bgp.yaml")).toBe("File/lab/10-bgp.yaml");
  expect(fileObject("a\nb.yaml")).toBe('File/"a\\nb.yaml"');
});
