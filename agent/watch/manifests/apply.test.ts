import { describe, expect, it, test } from "vitest";
import { applyManifest } from "./apply.ts";

const lastApplied = (manifest: object) => ({
  "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(manifest),
});

const identity = { apiVersion: "v1", kind: "Service" };
const live = {
  ...identity,
  metadata: { name: "web", namespace: "default", uid: "1", labels: { app: "web" } },
  spec: {
    type: "LoadBalancer",
    clusterIP: "10.49.0.1",
    clusterIPs: ["10.49.0.1"],
    externalTrafficPolicy: "Local",
  },
  status: { loadBalancer: { ingress: [{ ip: "192.168.5.9" }] } },
};
const manifest = (spec: object, more: object = {}) => ({
  ...identity,
  metadata: { name: "web" },
  spec,
  ...more,
});

describe("a manifest is laid over an object", () => {
  it("field by field, and keeps what it does not name", () => {
    expect(applyManifest(live, manifest({ externalTrafficPolicy: "Cluster" }))).toMatchObject({
      ...live,
      spec: { ...live.spec, externalTrafficPolicy: "Cluster" },
    });
  });

  it("replaces a list as a whole, and takes away what it says is null", () => {
    const spec = { clusterIPs: ["10.49.0.2"], externalTrafficPolicy: null };
    expect(applyManifest(live, manifest(spec))["spec"]).toEqual({
      type: "LoadBalancer",
      clusterIP: "10.49.0.1",
      clusterIPs: ["10.49.0.2"],
    });
  });

  it("does not apply status, nor what of the metadata is the API's own", () => {
    const applied = applyManifest(live, {
      ...manifest({}, { status: { loadBalancer: { ingress: [] } } }),
      metadata: { name: "web", uid: "2", deletionTimestamp: "2026-01-01T00:00:00Z", annotations: { a: "b" } },
    });
    expect(applied).toMatchObject({ status: live.status, metadata: { uid: "1", annotations: { a: "b" } } });
    expect(applied["metadata"]).not.toHaveProperty("deletionTimestamp");
  });

  it("makes a new object without status", () => {
    const applied = applyManifest(undefined, {
      ...manifest({ type: "LoadBalancer" }, { status: live.status }),
      metadata: { name: "web", namespace: "shop", uid: "7" },
    });
    expect(applied).toMatchObject({
      ...identity,
      metadata: { name: "web", namespace: "shop" },
      spec: { type: "LoadBalancer" },
    });
    expect(applied).not.toHaveProperty("status");
    expect(applied["metadata"]).not.toHaveProperty("uid");
  });
});

describe("what the last apply set and this one does not", () => {
  const annotated = (before: object) => ({
    ...live,
    metadata: {
      ...live.metadata,
      annotations: { kept: "1", "bellman.bgp/med": "5", ...lastApplied(before) },
    },
  });

  it("is removed; what others set stays", () => {
    const before = {
      metadata: { name: "web", annotations: { "bellman.bgp/med": "5" } },
      spec: { externalTrafficPolicy: "Local" },
    };
    const applied = applyManifest(annotated(before), manifest({ type: "LoadBalancer" }));
    expect(applied["spec"]).not.toHaveProperty("externalTrafficPolicy");
    expect(applied["metadata"]).toMatchObject({
      name: "web",
      labels: { app: "web" },
      annotations: { kept: "1" },
    });
    expect(applied["metadata"]).not.toHaveProperty(["annotations", "bellman.bgp/med"]);
  });

  it("does not take status or addresses that the API has allocated", () => {
    const before = { spec: { clusterIP: "10.49.0.1" }, status: { loadBalancer: {} } };
    expect(applyManifest(annotated(before), manifest({ type: "LoadBalancer" }))).toMatchObject({
      status: live.status,
      spec: live.spec,
    });
  });

  it("is remembered for the next", () => {
    const once = applyManifest(live, manifest({ externalIPs: ["192.168.3.7"] }));
    expect(applyManifest(once, manifest({}))["spec"]).toEqual(live.spec);
  });

  test.each(["nonsense", "[]", "null"])("counts for nothing when the note of it is %j", (text) => {
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": text };
    const odd = { ...live, metadata: { ...live.metadata, annotations } };
    expect(applyManifest(odd, manifest({}))["spec"]).toEqual(live.spec);
  });
});
