import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ManifestDirectory } from "./directory.ts";
import { parseManifests } from "./manifest.ts";

const two = `# Ours.
apiVersion: v1
kind: Service
metadata:
  name: a # the first
spec:
  type: NodePort
---
apiVersion: v1
kind: Node
metadata:
  name: n1
  labels:
    zone: x
`;

let path: string;
let directory: ManifestDirectory;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "manifests-"));
  writeFileSync(join(path, "two.yaml"), two);
  directory = new ManifestDirectory(path);
  return () => rmSync(path, { recursive: true });
});

const text = (file = "two.yaml") => readFileSync(join(path, file), "utf8");

describe("a directory of manifests", () => {
  it("changes only what a patch names: the other objects, the comments and the order stay", () => {
    expect(
      directory.patch({ kind: "Service", name: "a" }, { spec: { externalTrafficPolicy: "Local" } }),
    ).toBe("two.yaml");
    expect(text()).toBe(
      two.replace("  type: NodePort\n", "  type: NodePort\n  externalTrafficPolicy: Local\n"),
    );
  });

  it("removes what a patch sets to null, and makes the objects on the way to a new value", () => {
    directory.patch({ kind: "Node", name: "n1" }, { metadata: { labels: { zone: null, rack: "1" } } });
    directory.patch({ kind: "Node", name: "n1" }, { status: { addresses: [] } });
    const node = directory.objects().find(({ kind }) => kind === "Node");
    expect(node).toMatchObject({ metadata: { labels: { rack: "1" } }, status: { addresses: [] } });
    expect(node?.metadata["labels"]).not.toHaveProperty("zone");
  });

  it("replaces an object where it is and puts new ones into a file of their own", () => {
    directory.put(
      parseManifests(`{ apiVersion: v1, kind: Service, metadata: { name: a }, spec: { type: ClusterIP } }
---
{ apiVersion: v1, kind: Service, metadata: { name: b } }
---
{ apiVersion: v1, kind: Service, metadata: { name: a, namespace: other } }`),
    );
    expect(readdirSync(path).sort()).toEqual(["service-b.yaml", "two.yaml"]);
    expect(parseManifests(text("service-b.yaml"))).toHaveLength(2);
    expect(parseManifests(text())[0]).toMatchObject({ spec: { type: "ClusterIP" } });
  });

  it("removes a file with its last object", () => {
    directory.delete({ kind: "Service", name: "a" });
    expect(directory.objects().map(({ kind }) => kind)).toEqual(["Node"]);
    directory.delete({ kind: "Node", name: "n1" });
    expect(readdirSync(path)).toEqual([]);
  });

  it("says which object it does not have", () => {
    expect(() => directory.patch({ kind: "Service", name: "other/a" }, {})).toThrow("no Service other/a");
  });
});
