// What `bellman plan --diff` foretells, beside what `kubectl apply` and `kubectl delete` then do to a real cluster; and what
// `bellman render` makes of one.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../agent/cli/command.fixture.ts";
import { planCommand } from "../../agent/cli/plan.ts";
import { renderCommand } from "../../agent/cli/render.ts";
import { diffPlans, isEmptyDiff } from "../../agent/plan/diff.ts";
import type { PlanDiff } from "../../agent/plan/diff.ts";
import type { PlanJson } from "../../agent/plan/json.ts";
import { startControlPlane } from "../support/control-plane.ts";
import type { ControlPlane } from "../support/control-plane.ts";

const crds = fileURLToPath(new URL("../../charts/bellman/crds", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "bellman-diff-"));
let plane: ControlPlane;

const bgp = (kind: string, name: string, spec: object, metadata: object = {}) => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata: { name, ...metadata },
  spec,
});
const service = (name: string, spec: object, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, ...metadata },
  spec,
});
const slice = (name: string, of: string, ready: boolean) => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name, labels: { "kubernetes.io/service-name": of } },
  addressType: "IPv4",
  endpoints: [{ addresses: ["10.48.1.10"], nodeName: "n1", conditions: { ready } }],
  ports: [],
});
const ports = [{ port: 80 }];
const med = (value: string) => ({ annotations: { "bellman.bgp/med": value } });

const first = [
  bgp("BGPConfiguration", "default", {
    serviceClusterIPs: [{ cidr: "10.96.0.0/16" }],
    serviceExternalIPs: [{ cidr: "192.168.3.0/24" }],
    serviceLoadBalancerIPs: [{ cidr: "192.168.5.0/24" }],
  }),
  bgp("BGPPeer", "tor", { peerIP: "192.168.1.1", asNumber: 64512 }),
  { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } },
  service(
    "web",
    {
      type: "NodePort",
      clusterIP: "10.96.7.1",
      ports,
      externalTrafficPolicy: "Local",
      externalIPs: ["192.168.3.7"],
    },
    med("7"),
  ),
  service("lb", { type: "LoadBalancer", clusterIP: "10.96.7.2", ports, externalTrafficPolicy: "Local" }),
  slice("web-1", "web", true),
  slice("lb-1", "lb", true),
];

const list = (...objects: readonly object[]) =>
  JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
const status = (kind: string, name: string, value: object) =>
  plane.kubectl(
    "patch",
    kind,
    name,
    "--subresource=status",
    "--type=merge",
    "-p",
    JSON.stringify({ status: value }),
  );

beforeAll(async () => {
  plane = await startControlPlane({ dir });
  await plane.kubectl("apply", "-f", crds);
  await plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=20s");
  await plane.kubectlWith(list(...first), "apply", "-f", "-");
  await status("node", "n1", { addresses: [{ type: "InternalIP", address: "192.168.1.10" }] });
  await status("service", "lb", { loadBalancer: { ingress: [{ ip: "192.168.5.9" }] } });
  return () => plane.stop();
});
afterAll(() => rmSync(dir, { recursive: true }));

async function plan(...argv: readonly string[]): Promise<string> {
  const common = ["--kubeconfig", plane.kubeconfig, "--node", "n1", "-o", "json"];
  const { stdout, stderr } = await runCommand(planCommand, [...common, ...argv]);
  expect(stderr).toBe("");
  return stdout;
}

async function planNow(): Promise<PlanJson> {
  // Our own JSON, as the commands write it.
  const parse: (text: string) => PlanJson = JSON.parse;
  return parse(await plan());
}

/** Foretells, makes the change, and compares. */
async function comparison(verb: "apply" | "delete", objects: readonly object[]) {
  const file = join(dir, "change.json");
  writeFileSync(file, list(...objects));
  const parse: (text: string) => PlanDiff = JSON.parse;
  const foretold = parse(await plan("--diff", verb === "apply" ? "-f" : "--delete", file));
  const before = await planNow();
  await plane.kubectl(verb, "-f", file);
  const happened = diffPlans(before, await planNow());
  return { foretold, happened };
}

test.each([
  ["frr", "network 10.96.7.1/32 route-map BELLMAN-", "neighbor 192.168.1.1 remote-as 64512"],
  ["bird", "route 10.96.7.1/32 blackhole { bgp_med = 7; }", "neighbor 192.168.1.1 port 179 as 64512"],
])("rendered for %s, the cluster gives what a dump of it gives offline", async (engine, ...lines) => {
  const kinds = "services,endpointslices,nodes,bgpconfigurations,bgppeers,bgpfilters";
  const dump = await plane.kubectl("get", kinds, "--all-namespaces", "-o", "yaml");
  const render = (...argv: readonly string[]) =>
    runCommand(renderCommand, [...argv, "--node", "n1", "--engine", engine], { stdin: dump });
  const live = await render("--kubeconfig", plane.kubeconfig);
  expect(live).toEqual(await render("-f", "-"));
  expect(live).toMatchObject({ code: 0, stderr: "" });
  for (const line of lines) expect(live.stdout).toContain(line);
});

const local = { type: "NodePort", ports, externalTrafficPolicy: "Local", externalIPs: ["192.168.3.7"] };

test.each([
  ["what is there already", "apply", first, { empty: true }],
  [
    "a policy, and no cluster IP",
    "apply",
    [service("lb", { type: "LoadBalancer", externalTrafficPolicy: "Cluster", ports })],
    {},
  ],
  [
    "a manifest without what the last one set",
    "apply",
    [service("lb", { type: "LoadBalancer", ports })],
    { empty: true },
  ],
  [
    "the policy back, with a status that is not applied",
    "apply",
    [
      {
        ...service("lb", { type: "LoadBalancer", ports, externalTrafficPolicy: "Local" }),
        status: { loadBalancer: {} },
      },
    ],
    {},
  ],
  [
    "a cluster IP left out, an annotation and an external IP removed",
    "apply",
    [service("web", { ...local, externalIPs: [] })],
    {},
  ],
  [
    "a list of addresses that replaces another",
    "apply",
    [service("web", { ...local, externalIPs: ["192.168.3.8"] })],
    {},
  ],
  [
    "endpoints and a label of the node",
    "apply",
    [
      slice("web-1", "web", false),
      {
        apiVersion: "v1",
        kind: "Node",
        metadata: { name: "n1", labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } },
      },
    ],
    {},
  ],
  [
    "the label and the endpoints back",
    "apply",
    [slice("web-1", "web", true), { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } }],
    {},
  ],
  [
    "a new service with its slice",
    "apply",
    [
      service(
        "new",
        { type: "NodePort", clusterIP: "10.96.7.3", ports, externalTrafficPolicy: "Local" },
        med("9"),
      ),
      slice("new-1", "new", true),
    ],
    {},
  ],
  [
    "part of a configuration, which loses the lists that the last apply set",
    "apply",
    [bgp("BGPConfiguration", "default", { serviceLoadBalancerIPs: [{ cidr: "192.168.5.0/24" }] })],
    {},
  ],
  [
    "a peer of another address and AS, and one more",
    "apply",
    [
      bgp("BGPPeer", "tor", { peerIP: "192.168.1.2", asNumber: 64513 }),
      bgp("BGPPeer", "tor2", { peerIP: "192.168.1.3", asNumber: 64513 }),
    ],
    {},
  ],
  ["a service and a peer that go", "delete", [service("lb", {}), bgp("BGPPeer", "tor2", {})], {}],
] as const)(
  "foretold is what happens: %s",
  async (_, verb, objects, { empty = false }: { empty?: boolean }) => {
    const { foretold, happened } = await comparison(verb, objects);
    expect(isEmptyDiff(happened)).toBe(empty);
    expect(foretold).toEqual({ ...happened, problems: [] });
  },
);

test("what the server would store, by --dry-run=server, changes the same as the manifest itself", async () => {
  const file = join(dir, "change.json");
  writeFileSync(file, list(service("web", { type: "NodePort", ports, externalTrafficPolicy: "Cluster" })));
  const stored = join(dir, "stored.yaml");
  writeFileSync(stored, await plane.kubectl("apply", "-f", file, "--dry-run=server", "-o", "yaml"));
  expect(await plan("--diff", "-f", stored)).toBe(await plan("--diff", "-f", file));
});
