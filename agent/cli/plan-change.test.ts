import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { rackManifests, runCommand, writeManifests } from "./command.fixture.ts";
import { planCommand } from "./plan.ts";

/** What is there: beside the rack, a service with a load balancer's address, as an apply has left it. */
const dump = `${rackManifests}---
apiVersion: v1
kind: Service
metadata:
  name: lb
  namespace: default
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"apiVersion":"v1","kind":"Service","metadata":{"annotations":{"bellman.bgp/med":"7"},"name":"lb"},"spec":{"type":"LoadBalancer"}}
    bellman.bgp/med: "7"
spec: {type: LoadBalancer, clusterIPs: [10.49.0.2], externalTrafficPolicy: Local}
status: {loadBalancer: {ingress: [{ip: 192.168.5.9}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: lb-1, namespace: default, labels: {kubernetes.io/service-name: lb}}
addressType: IPv4
endpoints: [{addresses: [10.48.0.4], nodeName: n2, conditions: {ready: true}}]
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: broken}
spec: {peerIP: nowhere, asNumber: 64512}
`;

let directory: string;
let base: string;
beforeAll(() => {
  directory = writeManifests({ "dump.yaml": dump });
  base = join(directory, "dump.yaml");
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Applied on standard input; `deleted` is a file. */
function change(applied: string, { deleted = "", node = "n2" } = {}, ...more: readonly string[]) {
  const file = join(directory, "deleted.yaml");
  writeFileSync(file, deleted);
  const argv = ["--diff", "--node", node, "--against", base, ...more];
  if (applied !== "") argv.push("-f", "-");
  if (deleted !== "") argv.push("--delete", file);
  return runCommand(planCommand, argv, { stdin: applied });
}

const service = (name: string, rest: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\n${rest}\n`;

describe("bellman plan --diff", () => {
  it("tells what applying one manifest announces and withdraws, the other objects being as they are", async () => {
    expect(await change(service("web", "spec: {externalTrafficPolicy: Cluster}"))).toEqual({
      code: 1,
      stdout: "- 10.49.0.1/32  CoveredByAggregate default/web\n",
      stderr: "",
    });
    const configuration =
      "apiVersion: projectcalico.org/v3\nkind: BGPConfiguration\nmetadata: {name: default}\n" +
      "spec: {serviceLoadBalancerIPs: [{cidr: 192.168.5.0/24}]}\n";
    expect((await change(configuration)).stdout).toBe(
      "+ 192.168.5.0/24  Aggregate\n+ 192.168.5.9/32  LocalEndpoints default/lb\n",
    );
  });

  it("finds no difference in what is there already, whatever else is wrong in the cluster", async () => {
    expect(
      await change(
        service("lb", "spec: {type: LoadBalancer}").replace(
          "name: lb",
          'name: lb, annotations: {bellman.bgp/med: "7"}',
        ),
      ),
    ).toEqual({
      code: 0,
      stdout: "n2: no difference.\n",
      stderr: "",
    });
  });

  it("removes what the last apply set and this one does not, and leaves status alone", async () => {
    expect(
      (await change(service("lb", "spec: {type: LoadBalancer}\nstatus: {loadBalancer: {}}"))).stdout,
    ).toBe("~ 10.49.0.2/32  med 7 → none\n");
  });

  it("tells what deleting takes away, and what cannot be deleted", async () => {
    const deleted = service("web", "") + "---\n" + service("gone", "");
    const { code, stdout } = await change("", { deleted });
    expect(stdout).toBe(`- 10.49.0.1/32  nothing asks for it any more

PROBLEM  OBJECT                FIELD  MESSAGE
error    Service/default/gone  -      there is no such object to delete
`);
    expect(code).toBe(1);
  });

  it("marks the routes of a node that is deleted, as the agent would", async () => {
    const { stdout } = await change("", { deleted: "apiVersion: v1\nkind: Node\nmetadata: {name: n2}\n" });
    expect(stdout).toContain("~ 10.49.0.1/32  reason LocalEndpoints → Draining, communities");
  });

  it("keeps the last good value of a list that the change makes invalid, as the agent would, and says so", async () => {
    const configuration =
      "apiVersion: projectcalico.org/v3\nkind: BGPConfiguration\nmetadata: {name: default}\n" +
      "spec: {serviceClusterIPs: [{cidr: nonsense}]}\n";
    const { code, stdout } = await change(configuration, {}, "-o", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      routes: { announced: [], withdrawn: [], changed: [] },
      problems: [
        { object: "BGPConfiguration/default", field: "spec.serviceClusterIPs[0].cidr", severity: "error" },
      ],
    });
    expect(code).toBe(1);
  });

  it("says what of a new service nobody can foresee", async () => {
    const { code, stdout } = await change(
      service("new", "spec: {type: LoadBalancer, selector: {app: new}}"),
      {},
      "-o",
      "json",
    );
    expect(JSON.parse(stdout)).toMatchObject({
      problems: ["spec.clusterIPs", "spec.selector", "status.loadBalancer"].map((field) => ({
        object: "Service/default/new",
        field,
        severity: "warning",
      })),
    });
    expect(code).toBe(0);
  });

  it("can be asked for a node that the manifests bring", async () => {
    const node = "apiVersion: v1\nkind: Node\nmetadata: {name: n3}\n";
    expect((await change(node, { node: "n3" })).stdout).toContain("+ 10.49.0.0/16  Aggregate\n");
  });

  test.each([
    ["a file that does not parse", "a: [", "File/stdin"],
    ["an object without a name", "apiVersion: v1\nkind: Service\nmetadata: {}\n", "File/stdin"],
    [
      "one that nests without end",
      "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: &a {b: *a}\n",
      "File/stdin",
    ],
    ["a spec that is none", service("web", "spec: 7"), "Service/default/web"],
  ])("%s is a problem, and the rest holds", async (_, text, object) => {
    const { code, stdout } = await change(text, {}, "-o", "json");
    expect(JSON.parse(stdout)).toMatchObject({ problems: [{ object, severity: "error" }] });
    expect(code).toBe(1);
  });
});
