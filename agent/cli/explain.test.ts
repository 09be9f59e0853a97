import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { rackManifests, runCommand, writeManifests } from "./command.fixture.ts";
import { explainCommand } from "./explain.ts";

let directory: string;
beforeAll(() => {
  directory = writeManifests({ "rack.yaml": rackManifests });
});
afterAll(() => rmSync(directory, { recursive: true }));

const explain = (what: string, node: string, ...more: readonly string[]) =>
  runCommand(explainCommand, [what, "-f", directory, "--node", node, ...more]);

describe("bellman explain", () => {
  it("tells rule, objects and values, and what would change a no", async () => {
    expect(await explain("default/web", "n1")).toEqual({
      code: 1,
      stderr: "",
      stdout: `default/web is not announced from n1

10.49.0.1/32  not announced  NoLocalEndpoints: the service has no ready endpoint on this node
  Service/default/web spec.clusterIPs: no, NoLocalEndpoints
    + BGPConfiguration/default spec.serviceClusterIPs[1].cidr 10.49.0.0/16 holds 10.49.0.1
    + Node/n1 may announce
    + Service/default/web: spec.type NodePort, externalTrafficPolicy Local: a host route, from nodes with a usable endpoint
    + EndpointSlice/default/web-abc (IPv4): 10.48.0.3 on n2 ready; on n1 none
    - no usable endpoint is on n1
  list: BGPConfiguration/default spec.serviceClusterIPs[1].cidr 10.49.0.0/16, announced: the CIDR is configured and every fit node announces it
  next: make a pod of it ready on n1: kubectl get -n default endpointslices -l kubernetes.io/service-name=web
  next: or set externalTrafficPolicy Cluster, so that the nodes pass traffic on to others' pods
`,
    });
  });

  it("tells where the attributes of a route come from, and who gets it", async () => {
    expect(await explain("web", "n2")).toEqual({
      code: 0,
      stderr: "",
      stdout: `default/web is announced from n2

10.49.0.1/32  announced  LocalEndpoints: a ready endpoint of the service is on this node
  Service/default/web spec.clusterIPs: yes, LocalEndpoints
    + BGPConfiguration/default spec.serviceClusterIPs[1].cidr 10.49.0.0/16 holds 10.49.0.1
    + Node/n2 may announce
    + Service/default/web: spec.type NodePort, externalTrafficPolicy Local: a host route, from nodes with a usable endpoint
    + EndpointSlice/default/web-abc (IPv4): 10.48.0.3 on n2 ready
    + ready endpoints are on n2
  list: BGPConfiguration/default spec.serviceClusterIPs[1].cidr 10.49.0.0/16, announced: the CIDR is configured and every fit node announces it
  communities 64512:100: Service/default/web annotation bellman.bgp/communities
  med 50: Service/default/web annotation bellman.bgp/med
  peers: tor1
  next: it goes when the last ready endpoint on n2 does
`,
    });
  });

  test.each([
    ["10.49.0.1", 1, { prefixes: [{ prefix: "10.49.0.1/32", reason: "NoLocalEndpoints" }] }],
    ["10.49.0.1/32", 1, { prefixes: [{ prefix: "10.49.0.1/32", reason: "NoLocalEndpoints" }] }],
    ["10.49.0.0/16", 0, { prefixes: [{ reason: "Aggregate", peers: ["tor1"], route: { services: [] } }] }],
    ["10.49.7.0/24", 1, { prefixes: [{ reason: "CoveredByAggregate" }] }],
    ["192.168.3.9", 1, { prefixes: [{ reason: null, says: "no service has this address", owners: [] }] }],
    [
      "10.99.0.1",
      1,
      { prefixes: [], summary: expect.stringContaining("in nothing that n1 knows") as string },
    ],
    [
      "default/wbe",
      1,
      { prefixes: [], summary: expect.stringContaining("did you mean default/web?") as string },
    ],
  ])("answers %s in JSON with exit code %i", async (what, code, answer) => {
    const outcome = await explain(what, "n1", "-o", "json");
    expect(JSON.parse(outcome.stdout)).toMatchObject({ node: "n1", announced: code === 0, ...answer });
    expect(outcome.code).toBe(code);
  });

  test.each([
    [[], "explain what?"],
    [["a", "b"], "one thing at a time"],
    [["10.0.0.0/99"], "an address or a prefix"],
    [["web", "-f", "x"], "give --node NAME"],
    [["web", "--node", "n1"], "--node goes with -f or --kubeconfig"],
    [["web", "--terminating", "keep"], "--terminating goes with -f or --kubeconfig"],
    [["web", "-f", "x", "--node", "n1", "--agent", "http://h"], "leave it out"],
    [["web", "--agent", "localhost:9179"], "is not a URL"],
    [["web", "--agnet", "x"], "did you mean --agent?"],
    [["web", "-f", "x", "--node", "n1", "--terminating", "soon"], "deprefer, keep or withdraw"],
  ] as const)("refuses %j with one line", async (argv, says) => {
    const { code, stderr, stdout } = await runCommand(explainCommand, argv);
    expect(stderr).toContain(says);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("ends with 3 when no agent answers", async () => {
    const { code, stderr } = await runCommand(explainCommand, ["web", "--agent", "http://127.0.0.1:1"]);
    expect(stderr).toMatch(/^cannot reach the agent at http:\/\/127\.0\.0\.1:1: .*see --agent$/);
    expect(code).toBe(3);
  });
});
