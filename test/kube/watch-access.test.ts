// Ways into a real API server: streamed lists, rights, Calico's storage group, credentials that change.
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { silentLog } from "../../agent/model/log.ts";
import { systemClock } from "../../agent/time/clock.ts";
import type { Limits } from "../../agent/watch/api/limits.ts";
import { kubernetesSource } from "../../agent/watch/api/source.ts";
import { startControlPlane } from "../support/control-plane.ts";
import type { ControlPlane } from "../support/control-plane.ts";
import { TcpLine } from "../support/tcp-line.ts";
import { until } from "../support/until.ts";
import { WatchRecorder } from "../support/watch-recorder.ts";

const dir = mkdtempSync(join(tmpdir(), "bellman-access-"));
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

function watch(kubeconfig: string, limits: Partial<Limits> = {}): void {
  const options = {
    kubeconfig,
    nodeName: "n1",
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    limits,
  };
  running = kubernetesSource(options).run(picture, picture, abort.signal);
}

const apply = (...objects: readonly object[]) =>
  plane.kubectlWith(JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }), "apply", "-f", "-");
const service = (name: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name },
  spec: { ports: [{ port: 80 }] },
});
const seen = (name: string) =>
  until(`service ${name} is seen`, () => picture.cluster.services.has(`default/${name}`), {
    timeoutMs: 20_000,
  });

/** A user that may use these verbs on all that is watched. */
async function userWith(name: string, ...verbs: readonly string[]): Promise<string> {
  const kubeconfig = await plane.kubeconfigFor(name);
  const resources = ["services", "nodes", "endpointslices.discovery.k8s.io"];
  for (const kind of ["bgppeers", "bgpconfigurations", "bgpfilters"])
    for (const group of ["projectcalico.org", "crd.projectcalico.org"]) resources.push(`${kind}.${group}`);
  const rules = resources.map((resource) => {
    const [plural = "", ...group] = resource.split(".");
    return { apiGroups: [group.join(".")], resources: [plural], verbs };
  });
  const rbac = "rbac.authorization.k8s.io";
  await apply(
    { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name }, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
      subjects: [{ apiGroup: rbac, kind: "User", name }],
    },
  );
  return kubeconfig;
}

describe("WatchList", () => {
  test("is what the picture comes by: an account that may watch, and not list, gets all of it", async () => {
    await apply(service("listed"));
    watch(await userWith("watcher", "watch"));
    await picture.synced();
    await seen("listed");
    await apply(service("followed"));
    await seen("followed");
    expect(picture.failures).toEqual([]);
  });

  test("R5: refused (422) by an API server without it: the picture comes by pages, nothing is withdrawn", async () => {
    await apply(service("web"));
    watch(plane.kubeconfig, { pageSize: 2 });
    await picture.synced();
    await plane.killApiServer();
    await plane.startApiServer({ "feature-gates": "WatchList=false" });
    try {
      await apply(service("paged"));
      await seen("paged");
      const fresh = new WatchRecorder();
      const options = {
        kubeconfig: plane.kubeconfig,
        nodeName: "n1",
        clock: systemClock,
        random: Math.random,
      };
      const source = kubernetesSource({ ...options, log: silentLog, limits: { pageSize: 2 } });
      const run = source.run(fresh, fresh, abort.signal);
      await fresh.synced();
      expect(fresh.services).toEqual(picture.services);
      expect([fresh.failures, picture.removals]).toEqual([[], []]);
      abort.abort();
      await run;
    } finally {
      await plane.killApiServer();
      await plane.startApiServer();
    }
  });
});

/** The least CRD that holds BGPPeers. */
const peerCrd = (group: string, version: string) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `bgppeers.${group}` },
  spec: {
    group,
    scope: "Cluster",
    names: { kind: "BGPPeer", plural: "bgppeers", singular: "bgppeer" },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
});
const peer = (apiVersion: string, name: string, metadata: object = {}) => ({
  apiVersion,
  kind: "BGPPeer",
  metadata: { name, ...metadata },
  spec: { peerIP: "192.168.1.1", asNumber: 64512 },
});
const established = (crd: string) =>
  plane.kubectl("wait", "--for=condition=Established", "--timeout=30s", `crd/${crd}`);

test("crd.projectcalico.org/v1 is read while only that is served, and projectcalico.org/v3 once it is", async () => {
  await apply(peerCrd("crd.projectcalico.org", "v1"));
  await established("bgppeers.crd.projectcalico.org");
  const stored = { annotations: { "projectcalico.org/metadata": '{"labels":{"rack":"a"}}' } };
  await until("the API takes it", async () => apply(peer("crd.projectcalico.org/v1", "tor", stored)));
  // Long enough for the objects to be in v3 before it is looked at: an empty v3 is believed.
  watch(plane.kubeconfig, { unpreferredWatchMs: 10_000 });
  await picture.synced();
  expect(picture.cluster.peers.get("tor")).toMatchObject({
    labels: { rack: "a" },
    spec: { asNumber: 64512 },
  });
  await apply(peerCrd("projectcalico.org", "v3"));
  await established("bgppeers.projectcalico.org");
  await until("the API takes it", async () =>
    apply(peer("projectcalico.org/v3", "tor"), peer("projectcalico.org/v3", "tor2")),
  );
  // When the short watch of the storage group ends, the better place is looked at.
  await until("v3 is read", () => picture.cluster.peers.has("tor2"), { timeoutMs: 45_000 });
  expect(picture.removals).toEqual([]);
});

function throughLine(line: TcpLine, kubeconfig: string): string {
  const file = join(dir, `line-${line.port}.kubeconfig`);
  const text = readFileSync(kubeconfig, "utf8");
  writeFileSync(file, text.replace(plane.server, `https://127.0.0.1:${line.port}`), { mode: 0o600 });
  return file;
}

interface UserParts {
  readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }];
}

/** A kubeconfig whose user is `user`, for the server behind `line`. */
function kubeconfigWith(name: string, line: TcpLine, user: object): string {
  const file = throughLine(line, plane.kubeconfig);
  const config = JSON.parse(readFileSync(file, "utf8")) as UserParts;
  const named = join(dir, `${name}.kubeconfig`);
  writeFileSync(named, JSON.stringify({ ...config, users: [{ ...config.users[0], user }] }), { mode: 0o600 });
  return named;
}

describe("credentials that change while a watch is up are used for the next connection:", () => {
  let line: TcpLine;
  beforeEach(async () => {
    line = await TcpLine.to(Number(new URL(plane.server).port));
  });
  afterEach(() => line.cut());

  /** Breaks all connections, and lets them be made again. */
  async function breakConnections(): Promise<void> {
    const { port } = line;
    line.cut();
    line = await TcpLine.to(Number(new URL(plane.server).port), port);
  }

  test("a client certificate and key in files", async () => {
    for (const user of ["first", "second"]) {
      const { users } = JSON.parse(readFileSync(await userWith(user, "list", "watch"), "utf8")) as UserParts;
      for (const part of ["certificate", "key"])
        writeFileSync(
          join(dir, `${user}.${part}`),
          Buffer.from(users[0].user[`client-${part}-data`] ?? "", "base64"),
        );
    }
    const put = (user: string) => {
      for (const part of ["certificate", "key"]) copyFileSync(join(dir, `${user}.${part}`), join(dir, part));
    };
    put("first");
    watch(kubeconfigWith("files", line, { "client-certificate": "certificate", "client-key": "key" }));
    await picture.synced();
    put("second");
    await plane.kubectl("delete", "clusterrolebinding", "first");
    await breakConnections();
    await apply(service("after-certificate"));
    await seen("after-certificate");
    expect(picture.failures.filter(({ code }) => code === "forbidden")).toEqual([]);
    expect(picture.removals).toEqual([]);
  });

  test("a token that a command prints, which is run again when it is refused", async () => {
    await plane.kubectl("create", "serviceaccount", "plugin");
    const admin = ["--clusterrole=cluster-admin", "--serviceaccount=default:plugin"];
    await plane.kubectl("create", "clusterrolebinding", "plugin", ...admin);
    const token = async () => (await plane.kubectl("create", "token", "plugin")).trim();
    const script = join(dir, "plugin.sh");
    const status = `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}`;
    writeFileSync(script, `#!/bin/sh\nprintf '${status}' "$(cat ${dir}/token)"\n`);
    chmodSync(script, 0o700);
    writeFileSync(join(dir, "token"), await token());
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "./plugin.sh",
      interactiveMode: "Never",
    };
    watch(kubeconfigWith("exec", line, { exec }));
    await picture.synced();
    expect(picture.failures).toEqual([]);
    // A token is bound to its account: with a new account of that name, only a new token is taken.
    await plane.kubectl("delete", "serviceaccount", "plugin");
    await plane.kubectl("create", "serviceaccount", "plugin");
    await breakConnections();
    await until(
      "the old token is refused",
      () => picture.failures.some(({ code }) => code === "unauthorized"),
      {
        timeoutMs: 20_000,
      },
    );
    writeFileSync(join(dir, "token"), await token());
    await apply(service("after-token"));
    await seen("after-token");
    expect(picture.removals).toEqual([]);
  });
});
