import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { runCommand, writeManifests } from "./command.fixture.ts";
import { planCommand } from "./plan.ts";

const manifests = `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec:
  asNumber: 64512
  serviceClusterIPs: [{cidr: 10.49.0.0/16}, {cidr: fd10::/112}]
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: tor1}
spec: {peerIP: 192.168.1.1, asNumber: 64512}
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Node
    metadata: {name: n1}
    status: {addresses: [{type: InternalIP, address: 192.168.1.10}, {type: InternalIP, address: "fd00::10"}]}
  - apiVersion: v1
    kind: Service
    metadata: {name: nginx, namespace: default}
    spec: {type: NodePort, clusterIPs: [10.49.62.131, "fd10::1"], externalTrafficPolicy: Local}
  - apiVersion: v1
    kind: Service
    metadata: {name: nine, namespace: default}
    spec: {type: ClusterIP, clusterIPs: [10.49.9.9]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: nginx-1, namespace: default, labels: {kubernetes.io/service-name: nginx}}
addressType: IPv4
endpoints: [{addresses: [10.48.1.10], nodeName: n1, conditions: {ready: true}}]
`;

let directory: string;
beforeEach(() => {
  directory = writeManifests({ "all.yaml": manifests });
});
afterEach(() => rmSync(directory, { recursive: true }));

const plan = (argv: readonly string[], more: Parameters<typeof runCommand>[2] = {}) =>
  runCommand(planCommand, argv, more);

const plain = { communities: [], largeCommunities: [], med: null, localPref: null, prepend: 0 };

describe("bellman plan", () => {
  it("prints the documented JSON, sorted, with two-space indent and a final newline", async () => {
    const { code, stdout } = await plan(["-f", directory, "--node", "n1", "-o", "json"]);
    const expected = {
      node: "n1",
      excluded: false,
      routes: [
        { prefix: "10.49.0.0/16", reason: "Aggregate", services: [], ...plain },
        { prefix: "10.49.62.131/32", reason: "LocalEndpoints", services: ["default/nginx"], ...plain },
        { prefix: "fd10::/112", reason: "Aggregate", services: [], ...plain },
      ],
      verdicts: [
        {
          service: "default/nginx",
          address: "10.49.62.131",
          prefix: "10.49.62.131/32",
          announce: true,
          reason: "LocalEndpoints",
        },
        {
          service: "default/nginx",
          address: "fd10::1",
          prefix: "fd10::1/128",
          announce: false,
          reason: "WrongFamily",
        },
        {
          service: "default/nine",
          address: "10.49.9.9",
          prefix: "10.49.9.9/32",
          announce: false,
          reason: "CoveredByAggregate",
        },
      ],
      peers: [
        {
          name: "tor1",
          address: "192.168.1.1",
          port: 179,
          asn: 64512,
          localAsn: 64512,
          routes: ["10.49.0.0/16", "10.49.62.131/32", "fd10::/112"],
          session: {
            holdTimeSeconds: 9,
            keepaliveSeconds: 3,
            password: null,
            sourceAddress: "192.168.1.10",
            multihop: null,
            ttlSecurityHops: null,
            allowedLocalAsns: 0,
            gracefulRestartSeconds: null,
            bfdIntervalMs: null,
          },
        },
      ],
      guard: ["10.49.0.0/16", "fd10::/112"],
      problems: [],
    };
    expect(stdout).toBe(`${JSON.stringify(expected, null, 2)}\n`);
    expect(code).toBe(0);
  });

  it("reads standard input, several paths and the same bytes in any order", async () => {
    const piped = await plan(["-f", "-", "--node", "n1", "-o", "json"], { stdin: manifests });
    const documents = manifests.split("---");
    documents.reverse().forEach((text, index) => writeFileSync(join(directory, `${index}.yaml`), text));
    rmSync(join(directory, "all.yaml"));
    const paths = documents.map((_, index) => join(directory, `${index}.yaml`));
    expect(await plan(["-f", ...paths, "--node", "n1", "-o", "json"])).toEqual(piped);
  });

  it("ends with 1 for a node that is not in the input, and still prints the plan", async () => {
    const { code, stdout } = await plan(["-f", directory, "--node", "n9", "-o", "json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      routes: [],
      problems: [{ object: "Node/n9", severity: "error" }],
    });
  });

  it("ends with 1 for a problem that is an error, names object and field, and plans the rest", async () => {
    const peer =
      "apiVersion: projectcalico.org/v3\nkind: BGPPeer\nmetadata: {name: bad}\nspec: {peerIP: nowhere, asNumber: 1}";
    writeFileSync(join(directory, "bad.yaml"), peer);
    const { code, stdout } = await plan(["-f", directory, "--node", "n1", "-o", "json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      peers: [{ name: "tor1" }],
      problems: [{ object: "BGPPeer/bad", field: "spec.peerIP", severity: "error" }],
    });
  });

  it("shows tables to people", async () => {
    const { stdout } = await plan(["-f", directory, "--node", "n1"]);
    expect(stdout).toBe(`PREFIX           REASON          SERVICES
10.49.0.0/16     Aggregate       -
10.49.62.131/32  LocalEndpoints  default/nginx
fd10::/112       Aggregate       -

NOT ANNOUNCED  REASON              SERVICE
fd10::1        WrongFamily         default/nginx
10.49.9.9      CoveredByAggregate  default/nine

PEER  ADDRESS          AS     LOCAL AS  ROUTES
tor1  192.168.1.1:179  64512  64512     3
`);
  });

  test.each([
    [["--node", "n1", "--kubeconfig", "/does/not/exist"], 3, "/does/not/exist"],
    [["-f", "x"], 2, "--node NAME"],
    [["-f", "x", "--node", "n1", "-o", "xml"], 2, "table, wide, json, yaml"],
    [["-f", "x", "--node", "n1", "--nodes", "n2"], 2, "--nodes"],
    [["-f", "x", "--node", "n1", "--exclude-label", "no"], 2, "kubernetes, calico or ignore"],
    [["-f", "/does/not/exist", "--node", "n1"], 1, "/does/not/exist"],
  ] as const)("refuses %j with exit code %i and one line", async (argv, code, says) => {
    const outcome = await plan(argv);
    expect(outcome.stderr).toContain(says);
    expect(outcome).toMatchObject({ code, stdout: "" });
  });

  it("decides by the agent's settings: flag before environment before its file", async () => {
    const labels = '{node.kubernetes.io/exclude-from-external-load-balancers: ""}';
    const excluded = manifests.replace("metadata: {name: n1}", `metadata: {name: n1, labels: ${labels}}`);
    writeFileSync(join(directory, "all.yaml"), excluded);
    const file = join(directory, "settings");
    writeFileSync(file, "exclude-label: ignore\npod-cidrs: node\n");
    const routes = async (env: Record<string, string>, ...flags: readonly string[]) => {
      const { stdout } = await plan(["-f", directory, "--node", "n1", ...flags], { env });
      return stdout.includes("10.49.62.131/32  LocalEndpoints");
    };
    expect(await routes({})).toBe(false);
    expect(await routes({ BELLMAN_CONFIG: file })).toBe(true);
    expect(await routes({ BELLMAN_CONFIG: file, BELLMAN_EXCLUDE_LABEL: "kubernetes" })).toBe(false);
    expect(await routes({ BELLMAN_EXCLUDE_LABEL: "kubernetes" }, "--exclude-label", "calico")).toBe(true);
  });
});
