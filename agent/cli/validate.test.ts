import { rmSync } from "node:fs";
import { afterEach, describe, expect, it, test } from "vitest";
import { rackManifests, runCommand, writeManifests } from "./command.fixture.ts";
import type { Outcome } from "./command.fixture.ts";
import { validateCommand } from "./validate.ts";

let directory = "";
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const calico = (kind: string, name: string, spec: object, apiVersion = "projectcalico.org/v3") =>
  `---\n${JSON.stringify({ apiVersion, kind, metadata: { name }, spec })}\n`;

/** Of the good rack's manifests, with more beside them. */
async function validate(more: string, ...argv: readonly string[]): Promise<Outcome> {
  directory = writeManifests({ "rack.yaml": rackManifests, "more.yaml": more });
  return runCommand(validateCommand, ["-f", directory, ...argv]);
}

async function problems(more: string, ...argv: readonly string[]): Promise<unknown[]> {
  const { stdout } = await validate(more, "-o", "json", ...argv);
  const answer: unknown = JSON.parse(stdout);
  expect(answer).toMatchObject({ problems: expect.any(Array) as unknown[] });
  return (answer as { problems: unknown[] }).problems;
}

describe("bellman validate", () => {
  it("finds nothing wrong with what is right", async () => {
    expect(await validate("", "--strict")).toEqual({ code: 0, stdout: "no problem found\n", stderr: "" });
  });

  it("tells every problem in one run, with object, field and what may have been meant", async () => {
    const more =
      calico("BGPPeer", "tor2", { peerIP: "192.168.1.300", asNumber: 0 }) +
      calico("BGPPeer", "tor3", { peerIP: "192.168.1.3", asNumber: 64512, keepaliveTme: "1s" });
    const { code, stdout } = await validate(more);
    expect(stdout).toBe(
      `PROBLEM  OBJECT        FIELD              MESSAGE
error    BGPPeer/tor2  spec.asNumber      "0" is not an AS number that may be used; the session is not brought up
error    BGPPeer/tor2  spec.peerIP        "192.168.1.300" is not of the form ip, ipv4:port or [ipv6]:port; the session is not brought up
warning  BGPPeer/tor3  spec.keepaliveTme  there is no such field, and it has no effect; did you mean keepaliveTime?

2 errors, 1 warning
`,
    );
    expect(code).toBe(1);
  });

  it("--strict makes a warning a failure", async () => {
    const typo = calico("BGPPeer", "tor2", { peerIP: "192.168.1.2", asNumber: 64512, keepaliveTyme: "3s" });
    expect((await validate(typo)).code).toBe(0);
    expect((await validate(typo, "--strict")).code).toBe(1);
  });

  it("tells problems of the peers of every node, each once and as it is on that node", async () => {
    const far = calico("BGPPeer", "far", { node: "n2", peerIP: "nowhere", asNumber: 64512, password: {} });
    expect(await problems(far)).toEqual([
      {
        object: "BGPPeer/far",
        field: "spec.password",
        severity: "error",
        message: expect.stringContaining("not brought up") as string,
      },
      {
        object: "BGPPeer/far",
        field: "spec.peerIP",
        severity: "error",
        message: expect.stringContaining("; the session is not brought up") as string,
      },
    ]);
  });

  it("tells a node that is not there, where nodes are given", async () => {
    const more =
      calico("BGPPeer", "tor2", { node: "n22", peerIP: "192.168.1.2", asNumber: 64512 }) +
      calico("BGPConfiguration", "node.n3", { listenPort: 1179 });
    expect(await problems(more)).toMatchObject([
      {
        object: "BGPConfiguration/node.n3",
        field: "metadata.name",
        message: expect.stringContaining("no node") as string,
      },
      { object: "BGPPeer/tor2", field: "spec.node", message: expect.stringContaining("no node") as string },
    ]);
  });

  it("tells labels that no node has, and problems of a chosen peer as they are where it is chosen", async () => {
    const more =
      calico("BGPPeer", "tor2", { nodeSelector: "rack == 'r9'", peerIP: "192.168.1.2", asNumber: 64512 }) +
      calico("BGPPeer", "tor3", { nodeSelector: "rack == 'r1'", peerIP: "tor3", asNumber: 64512 }) +
      "---\n{apiVersion: v1, kind: Node, metadata: {name: n3, labels: {rack: r1}}, " +
      "status: {addresses: [{type: InternalIP, address: 192.168.1.12}]}}\n";
    expect(await problems(more)).toMatchObject([
      {
        object: "BGPPeer/tor2",
        field: "spec.nodeSelector",
        message: expect.stringContaining("no node") as string,
      },
      {
        object: "BGPPeer/tor3",
        field: "spec.peerIP",
        message: expect.stringContaining("not brought up") as string,
      },
    ]);
  });

  it("needs no nodes: manifests as they are kept in git", async () => {
    directory = writeManifests({
      "bgp.yaml": calico("BGPPeer", "tor2", { node: "n7", peerIP: "192.168.1.2", asNumber: 64512 }),
    });
    expect(await runCommand(validateCommand, ["-f", directory, "--strict"])).toMatchObject({ code: 0 });
  });

  it("--engine tells what that speaker cannot honour", async () => {
    const twice = calico("BGPPeer", "tor2", { peerIP: "192.168.1.1:1179", asNumber: 64512 });
    expect(await problems(twice)).toEqual([]);
    expect(await problems(twice, "--engine", "gobgp")).toMatchObject([
      { object: "BGPPeer/tor2", field: "spec.peerIP", severity: "error" },
    ]);
  });

  it("P13: --engine tells it of the peers of each node, with object, field and engine", async () => {
    const of = (name: string, node: string, peerIP: string) =>
      calico("BGPPeer", name, { node, peerIP, asNumber: 64512 });
    const more =
      of("a", "n1", "192.168.1.2") +
      of("b", "n2", "192.168.1.2:1179") +
      of("c", "n2", "192.168.1.3") +
      of("d", "n2", "192.168.1.3:1179");
    expect(await problems(more, "--engine", "gobgp")).toEqual([
      {
        object: "BGPPeer/d",
        field: "spec.peerIP",
        severity: "error",
        message: expect.stringMatching(/gobgpd.*BGPPeer\/c/) as string,
      },
    ]);
  });

  it("P5: takes AS numbers of four bytes, plain and dotted, and none that is out of range", async () => {
    const more = [4200000001, "4200000001", "64086.59905", "65535.65534"]
      .map((asNumber, place) =>
        calico("BGPPeer", `good${place}`, {
          peerIP: `192.168.1.${place + 2}`,
          asNumber,
          localASNumber: "64086.59914",
        }),
      )
      .join("");
    expect(await problems(more, "--engine", "gobgp", "--strict")).toEqual([]);
    const bad = [4294967295, "1.65536", "65536.1", "0.23456", "1.2.3"]
      .map((asNumber, place) =>
        calico("BGPPeer", `bad${place}`, { peerIP: `192.168.1.${place + 2}`, asNumber }),
      )
      .join("");
    expect(await problems(bad, "--engine", "gobgp")).toMatchObject(
      [0, 1, 2, 3, 4].map((place) => ({
        object: `BGPPeer/bad${place}`,
        field: "spec.asNumber",
        severity: "error",
      })),
    );
  });

  test.each([
    [calico("BGPPeers", "a", {}), "BGPPeers/a", "did you mean BGPPeer?"],
    [calico("BGPFilter", "a", {}, "v1"), "BGPFilter/a", "is read from projectcalico.org/v3"],
    [calico("BGPPeer", "a", {}, "v1"), "BGPPeer/a", "is read from projectcalico.org/v3"],
  ])("warns of an object that is not read: %s", async (text, object, says) => {
    expect(await problems(text)).toMatchObject([
      { object, severity: "warning", message: expect.stringContaining(says) as string },
    ]);
  });

  test.each([
    ["Service", "bellman.bgp/advertize", "; did you mean bellman.bgp/advertise?"],
    [
      "Service",
      "projectcalico.org/advertiseClusterIPs",
      "; did you mean projectcalico.org/AdvertiseClusterIP?",
    ],
    ["Service", "bellman.bgp/weight", "it has no effect"],
    ["Service", "bellman.bgp/drain", "it has no effect"],
    ["Node", "bellman.bgp/drian", "; did you mean bellman.bgp/drain?"],
  ])("warns of an annotation of a %s that means nothing: %s", async (kind, annotation, says) => {
    const metadata = {
      name: "x",
      annotations: { [annotation]: "true", "projectcalico.org/IPv4Address": "x" },
    };
    expect(await problems(`---\n${JSON.stringify({ apiVersion: "v1", kind, metadata })}\n`)).toContainEqual({
      object: kind === "Node" ? "Node/x" : "Service/default/x",
      field: `metadata.annotations[${annotation}]`,
      severity: "warning",
      message: expect.stringMatching(new RegExp(`${says.replace("?", "\\?")}$`)) as string,
    });
  });

  it("leaves kinds alone that have nothing to do with it", async () => {
    const others = calico("FelixConfiguration", "default", {}) + calico("Deployment", "web", {}, "apps/v1");
    expect(await problems(others)).toEqual([]);
  });

  test.each([
    [["-f", "/does/not/exist"], 1, "/does/not/exist"],
    [["--kubeconfig", "/does/not/exist"], 3, "/does/not/exist"],
    [["-f", "x", "--engine", "quagga"], 2, "is not gobgp"],
    [["-f", "x", "--strickt"], 2, "did you mean --strict?"],
  ] as const)("refuses %j with exit code %i and one line", async (argv, code, says) => {
    const outcome = await runCommand(validateCommand, argv);
    expect(outcome.stderr).toContain(says);
    expect(outcome).toMatchObject({ code, stdout: "" });
  });
});
