// Commands that look at a Kubernetes API once: the program as it is shipped, against a scripted API server.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../support/netns.ts";
import { projectRoot } from "../../support/paths.ts";
import { FakeApi, paths } from "../watch/fake-api.ts";

const program = join(projectRoot, "dist/bellman.mjs");
const api = new FakeApi();
let directory: string;
let kubeconfig: string;
let manifests: string;

const bgp = { apiVersion: "projectcalico.org/v3" };
const node = (name: string, address: string) => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name },
  status: { addresses: [{ type: "InternalIP", address }] },
});
const objects = [
  {
    path: paths.configurations,
    object: {
      ...bgp,
      kind: "BGPConfiguration",
      metadata: { name: "default" },
      spec: { serviceClusterIPs: [{ cidr: "10.49.0.0/16" }] },
    },
  },
  {
    path: paths.peers,
    object: {
      ...bgp,
      kind: "BGPPeer",
      metadata: { name: "tor" },
      spec: { peerIP: "192.168.1.1", asNumber: 64512 },
    },
  },
  { path: paths.nodes, object: node("n1", "192.168.1.10") },
  {
    path: paths.services,
    object: {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace: "default" },
      spec: { type: "NodePort", clusterIPs: ["10.49.0.1"], externalTrafficPolicy: "Local" },
    },
  },
  {
    path: paths.slices,
    object: {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "web-1", namespace: "default", labels: { "kubernetes.io/service-name": "web" } },
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.48.0.3"], nodeName: "n1", conditions: { ready: true } }],
    },
  },
];

function writeKubeconfig(name: string, port: number): string {
  const file = join(directory, name);
  writeFileSync(
    file,
    `current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nusers: [{name: u, user: {token: t}}]\n` +
      `clusters: [{name: k, cluster: {server: "http://127.0.0.1:${port}", insecure-skip-tls-verify: true}}]\n`,
  );
  return file;
}

function bellman(...argv: readonly string[]) {
  return execa(process.execPath, [program, ...argv], { reject: false, timeout: 20_000 });
}

beforeAll(async () => {
  await run(process.execPath, join(projectRoot, "build.mjs"), "--if-stale", "bellman");
  directory = mkdtempSync(join(tmpdir(), "bellman-cluster-"));
  await api.start();
  for (const { path, object } of objects) api.put(path, object);
  kubeconfig = writeKubeconfig("kubeconfig", api.port);
  manifests = join(directory, "all.json");
  writeFileSync(
    manifests,
    JSON.stringify({ apiVersion: "v1", kind: "List", items: objects.map((o) => o.object) }),
  );
});
afterAll(async () => {
  await api.stop();
  rmSync(directory, { recursive: true });
});

describe("bellman plan from the cluster", () => {
  it("is byte for byte the plan from the same objects in a file", async () => {
    const live = await bellman("plan", "--kubeconfig", kubeconfig, "--node", "n1", "-o", "json");
    const offline = await bellman("plan", "-f", manifests, "--node", "n1", "-o", "json");
    expect(live.stdout).toContain('"10.49.0.1/32"');
    expect(live).toMatchObject({ exitCode: 0, stdout: offline.stdout, stderr: "" });
  });

  it("takes a missing CRD for an empty kind", async () => {
    api.served.delete(paths.peers);
    const { exitCode, stdout } = await bellman(
      "plan",
      "--kubeconfig",
      kubeconfig,
      "--node",
      "n1",
      "-o",
      "json",
    );
    api.served.add(paths.peers);
    expect(JSON.parse(stdout)).toMatchObject({ peers: [] });
    expect(exitCode).toBe(0);
  });

  it("ends with 3 and one line when the API refuses", async () => {
    api.authorization = "Bearer another";
    const { exitCode, stderr } = await bellman("plan", "--kubeconfig", kubeconfig, "--node", "n1");
    api.authorization = null;
    expect(stderr).toMatch(/^bellman: the Kubernetes API: .*401.*$/);
    expect(exitCode).toBe(3);
  });

  it("ends with 3 and one line when nobody is there", async () => {
    const nobody = writeKubeconfig("nobody", 1);
    const { exitCode, stderr } = await bellman("plan", "--kubeconfig", nobody, "--node", "n1");
    expect(stderr).toMatch(/^bellman: the Kubernetes API: .*$/);
    expect(exitCode).toBe(3);
  });
});

describe("bellman plan --diff over the cluster", () => {
  const change = (name: string, patch: object) => {
    const file = join(directory, name);
    const object = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, ...patch };
    writeFileSync(file, JSON.stringify(object));
    return file;
  };
  const diff = (...argv: readonly string[]) =>
    bellman("plan", "--kubeconfig", kubeconfig, "--node", "n1", "--diff", ...argv);

  it("tells what a partial manifest would change in the objects that are there", async () => {
    const file = change("policy.json", { spec: { externalTrafficPolicy: "Cluster" } });
    expect(await diff("-f", file)).toMatchObject({
      exitCode: 1,
      stdout: "- 10.49.0.1/32  CoveredByAggregate default/web",
    });
    const same = change("same.json", { spec: { type: "NodePort" } });
    expect(await diff("-f", same)).toMatchObject({ exitCode: 0, stdout: "n1: no difference." });
    expect(api.urls.at(-1)).toContain("fieldSelector=metadata.namespace%3Ddefault%2Cmetadata.name%3Dweb");
  });

  it("tells what deleting would withdraw", async () => {
    expect(await diff("--delete", change("gone.json", {}))).toMatchObject({
      exitCode: 1,
      stdout: "- 10.49.0.1/32  nothing asks for it any more",
    });
  });

  it("applies to a kind whose CRD is missing what makes the first object of it", async () => {
    api.served.delete(paths.peers);
    const file = join(directory, "peer.json");
    const peer = { ...bgp, kind: "BGPPeer", metadata: { name: "new" } };
    writeFileSync(file, JSON.stringify({ ...peer, spec: { peerIP: "192.168.1.2", asNumber: 64512 } }));
    const { stdout } = await diff("-f", file);
    api.served.add(paths.peers);
    expect(stdout).toBe("+ peer new  192.168.1.2:179 AS 64512");
  });

  it("ends with 3 and one line when the API refuses", async () => {
    api.authorization = "Bearer another";
    const { exitCode, stderr } = await diff("-f", change("any.json", {}));
    api.authorization = null;
    expect(stderr).toMatch(/^bellman: the Kubernetes API: .*401.*$/);
    expect(exitCode).toBe(3);
  });
});

describe("other commands that look at the cluster", () => {
  it("explain answers from it, for the node that is named", async () => {
    const { exitCode, stdout } = await bellman("explain", "web", "--kubeconfig", kubeconfig, "--node", "n1");
    expect(stdout).toContain("+ EndpointSlice/default/web-1 (IPv4): 10.48.0.3 on n1 ready\n");
    expect(exitCode).toBe(0);
  });

  it("validate tells the problems of the peers of every node", async () => {
    api.put(paths.peers, {
      ...bgp,
      kind: "BGPPeer",
      metadata: { name: "far" },
      spec: { node: "n2", peerIP: "nowhere", asNumber: 64512 },
    });
    const { exitCode, stdout } = await bellman("validate", "--kubeconfig", kubeconfig, "-o", "json");
    api.delete(paths.peers, "far");
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      problems: [
        { object: "BGPPeer/far", field: "spec.node", severity: "warning" },
        { object: "BGPPeer/far", field: "spec.peerIP", severity: "error" },
      ],
    });
    expect(exitCode).toBe(1);
  });
});
