// The picture beside a real API server: everything is seen, and nothing goes because the server does.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { silentLog } from "../../agent/model/log.ts";
import { systemClock } from "../../agent/time/clock.ts";
import { kubernetesSource } from "../../agent/watch/api/source.ts";
import { startControlPlane } from "../support/control-plane.ts";
import type { ControlPlane } from "../support/control-plane.ts";
import { TcpLine } from "../support/tcp-line.ts";
import { until } from "../support/until.ts";
import { WatchRecorder } from "../support/watch-recorder.ts";

const crds = fileURLToPath(new URL("../../charts/bellman/crds", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "bellman-watch-"));
let plane: ControlPlane;
let picture: WatchRecorder;
let abort: AbortController;
let running: Promise<void>;

beforeAll(async () => {
  plane = await startControlPlane({ dir });
  return () => plane.stop();
});
afterAll(() => rmSync(dir, { recursive: true }));

beforeEach(() => {
  picture = new WatchRecorder();
  abort = new AbortController();
  running = Promise.resolve();
});
afterEach(async () => {
  abort.abort();
  await running;
});

function watch(kubeconfig: string): void {
  const options = { kubeconfig, nodeName: "n1", clock: systemClock, random: Math.random, log: silentLog };
  running = kubernetesSource(options).run(picture, picture, abort.signal);
}

const apply = (...objects: readonly object[]) =>
  plane.kubectlWith(JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }), "apply", "-f", "-");
const service = (name: string, address = "192.0.2.1") => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name },
  spec: { type: "NodePort", ports: [{ port: 80 }], externalIPs: [address] },
});
const slice = (name: string, ready: boolean) => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name, labels: { "kubernetes.io/service-name": "web" } },
  addressType: "IPv4",
  endpoints: [{ addresses: ["10.48.1.10"], nodeName: "n1", conditions: { ready } }],
  ports: [],
});
const node = (name: string, labels: object) => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, labels },
});
const readiness = () =>
  [...picture.cluster.slicesOf(webKey())].flatMap(({ endpoints }) => endpoints.map(({ ready }) => ready));

function webKey() {
  const web = picture.cluster.services.get("default/web");
  if (web === undefined) throw new Error("no service web");
  return web.key;
}

/** Until the picture holds exactly the services that kubectl shows. */
async function exact(): Promise<void> {
  const names = await plane.kubectl("get", "services", "-A", "-o", "name", "--no-headers");
  const theirs = names.split("\n").map((line) => line.replace("service/", "default/"));
  await until("the picture is the API's", () => picture.services.join() === theirs.sort().join());
}

test("services, slices and our own node are listed, then followed; other nodes are none of our business", async () => {
  await apply(service("web"), slice("web-1", true), node("n1", { rack: "a" }), node("n2", {}));
  watch(plane.kubeconfig);
  await picture.synced();
  expect(picture.cluster.services.get("default/web")).toMatchObject({ type: "NodePort", problems: [] });
  expect(readiness()).toEqual([true]);
  expect(picture.cluster.node("n1")?.labels).toMatchObject({ rack: "a" });
  expect(picture.cluster.count("Node")).toBe(1);
  await apply(service("web", "192.0.2.2"), slice("web-1", false), node("n1", { rack: "b" }));
  await until("the service's change is seen", () => picture.addressOf("web") === "192.0.2.2");
  await until("the slice's change is seen", () => readiness().includes(false));
  await until("the node's change is seen", () => picture.cluster.node("n1")?.labels["rack"] === "b");
  await plane.kubectl("delete", "endpointslice", "web-1");
  await until("the slice's end is seen", () => picture.removals.includes("EndpointSlice default/web-1"));
  expect([...picture.cluster.problems()]).toEqual([]);
  expect(picture.failures).toEqual([]);
});

test("CRDs that are installed later are found, and their objects seen", async () => {
  watch(plane.kubeconfig);
  await picture.synced();
  expect(picture.failures).toEqual([]);
  await plane.kubectl("apply", "-f", crds);
  await plane.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", crds);
  const spec = { peerIP: "192.168.1.1", asNumber: 64512 };
  await apply({ apiVersion: "projectcalico.org/v3", kind: "BGPPeer", metadata: { name: "tor" }, spec });
  await until("the peer is seen", () => picture.cluster.peers.has("tor"));
  expect(picture.cluster.peers.get("tor")?.spec).toMatchObject(spec);
});

test("an API server that dies and comes back removes nothing, and changes made since are seen", async () => {
  await apply(service("web"), service("old"));
  watch(plane.kubeconfig);
  await picture.synced();
  await plane.killApiServer();
  await until("it is missed", () => picture.failures.length >= 6);
  await plane.startApiServer();
  expect(picture.removals).toEqual([]);
  await apply(service("web", "192.0.2.9"), service("new"));
  await plane.kubectl("delete", "service", "old");
  await until("the change is seen", () => picture.addressOf("web") === "192.0.2.9");
  await exact();
  expect(picture.removals).toEqual(["Service default/old"]);
  expect(picture.cluster.peers.has("tor")).toBe(true);
});

test("a version that the API has forgotten leads to a list, and only what is gone goes", async () => {
  await apply(service("web"), service("old"));
  const apiPort = Number(new URL(plane.server).port);
  const line = await TcpLine.to(apiPort);
  const kubeconfig = join(dir, "line.kubeconfig");
  const text = readFileSync(plane.kubeconfig, "utf8");
  writeFileSync(kubeconfig, text.replace(plane.server, `https://127.0.0.1:${line.port}`), { mode: 0o600 });
  watch(kubeconfig);
  await picture.synced();
  line.cut();
  await apply(service("web", "192.0.2.7"), service("fresh"));
  await plane.kubectl("delete", "service", "old");
  // Started anew, the server knows no version before its start.
  await plane.killApiServer();
  await plane.startApiServer();
  const again = await TcpLine.to(apiPort, line.port);
  try {
    await until("the change is seen", () => picture.addressOf("web") === "192.0.2.7");
    await exact();
    expect(picture.relists).toContain("Service expired");
    expect(picture.removals).toEqual(["Service default/old"]);
  } finally {
    again.cut();
  }
});

test("an account without rights is told so, and goes on by itself once it has them", async () => {
  watch(await plane.kubeconfigFor("stranger"));
  await until("every kind is refused", () => picture.failures.length >= 6);
  for (const { code, status, message } of picture.failures) {
    expect([code, status]).toEqual(["forbidden", 403]);
    expect(message).toMatch(
      /^cannot list \w+: the API server answered 403 Forbidden .*; grant get, list and watch/,
    );
  }
  expect(picture.cluster.unsynced.size).toBe(6);
  await plane.kubectl(
    "create",
    "clusterrolebinding",
    "stranger",
    "--clusterrole=cluster-admin",
    "--user=stranger",
  );
  await until("all kinds are synced", () => picture.cluster.unsynced.size === 0, { timeoutMs: 40_000 });
  await exact();
});

test("a CRD that is removed takes its objects along, and is found again", async () => {
  const peer = {
    apiVersion: "projectcalico.org/v3",
    kind: "BGPPeer",
    spec: { peerIP: "192.168.1.2", asNumber: 64512 },
  };
  watch(plane.kubeconfig);
  await picture.synced();
  expect([...picture.cluster.peers.keys()]).toEqual(["tor"]);
  await plane.kubectl("delete", "crd", "bgppeers.projectcalico.org");
  await until("the peer is gone", () => picture.cluster.peers.size === 0);
  await plane.kubectl("apply", "-f", crds);
  await plane.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", crds);
  await apply({ ...peer, metadata: { name: "tor2" } });
  await until("the new peer is seen", () => picture.cluster.peers.has("tor2"), { timeoutMs: 20_000 });
  expect(picture.removals).toEqual(["BGPPeer tor"]);
});
