import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand, writeManifests } from "./command.fixture.ts";
import { renderCommand } from "./render.ts";
import { validateCommand } from "./validate.ts";

const manifests = `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec: {serviceClusterIPs: [{cidr: 10.49.0.0/16}]}
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: tor1}
spec: {peerIP: 192.168.1.1, asNumber: 65001, password: {secretKeyRef: {name: bgp, key: tor1}}}
---
apiVersion: v1
kind: Secret
metadata: {name: bgp, namespace: bellman}
stringData: {tor1: correct-horse}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 192.168.1.10}]}
`;

let directory: string;
beforeEach(() => {
  directory = writeManifests({ "all.yaml": manifests });
});
afterEach(() => rmSync(directory, { recursive: true }));

const render = (...argv: readonly string[]) =>
  runCommand(renderCommand, ["-f", join(directory, "all.yaml"), "--node", "n1", ...argv]);

function template(path: string, text: string): string {
  const templates = join(directory, "templates");
  mkdirSync(join(templates, path, ".."), { recursive: true });
  writeFileSync(join(templates, path), text);
  return templates;
}

const ways = {
  bird: {
    heads: ["# /x/bird/10-services.conf (mode 0640)", "# /x/bird/20-peers.conf (mode 0640)"],
    place: ["--bird-dir", "/x/bird"],
    route: "route 10.49.0.0/16 blackhole",
    guarded: 'password "(secret)";',
    template: "bird/peer.hbs",
  },
  frr: {
    heads: ["! /x/frr.conf (mode 0640)"],
    place: ["--frr-config", "/x/frr.conf"],
    route: "network 10.49.0.0/16 route-map BELLMAN-",
    guarded: "neighbor 192.168.1.1 password (secret)",
    template: "frr/neighbor.hbs",
  },
} as const;

describe.each(Object.entries(ways))("bellman render --engine %s", (engine, way) => {
  const rendered = (...argv: readonly string[]) => render("--engine", engine, ...way.place, ...argv);

  test("prints every file under its path, and no password", async () => {
    const { code, stdout } = await rendered();
    expect(code).toBe(0);
    const comment = way.heads[0].slice(0, 1);
    const heads = stdout.split("\n").filter((line) => line.startsWith(`${comment} /`));
    expect(heads).toEqual(way.heads);
    expect(stdout).toContain(way.route);
    expect(stdout).toContain(way.guarded);
    expect(stdout).not.toContain("correct-horse");
  });

  test("P3: no encoding of a password is printed either", async () => {
    const { stdout } = await rendered("-o", "json");
    for (const encoding of ["utf8", "base64", "base64url", "hex"] as const)
      expect(stdout).not.toContain(Buffer.from("correct-horse").toString(encoding));
  });

  test("prints files and problems as JSON", async () => {
    const { code, stdout } = await rendered("-o", "json", "--router-id", "192.0.2.77");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      files: way.heads.map((head) => ({
        path: head.split(" ")[1],
        mode: "0640",
        text: expect.any(String) as string,
      })),
      problems: [],
    });
    expect(stdout).toContain("192.0.2.77");
  });

  test("ends with 1 for a problem that is an error, and prints what can be done", async () => {
    writeFileSync(join(directory, "all.yaml"), manifests.replace("65001", "0"));
    const { code, stdout, stderr } = await rendered();
    expect(code).toBe(1);
    expect(stdout).toContain(way.route);
    expect(stderr).toMatch(/^error: BGPPeer\/tor1 spec\.asNumber: .+\n$/);
    const asJson = await rendered("-o", "json");
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      problems: [{ object: "BGPPeer/tor1", field: "spec.asNumber", severity: "error" }],
    });
  });

  test("a template in --templates goes before the one that comes along", async () => {
    const templates = template(way.template, "neighbor {{address}} of-ours");
    const { code, stdout } = await rendered("--templates", templates);
    expect(code).toBe(0);
    expect(stdout).toContain("neighbor 192.168.1.1 of-ours");
    expect(stdout).toContain(way.route);
  });

  test.each([
    ["a mistake in it", way.template, "one\n{{#if address}}\n", `${way.template}:3: Expecting`],
    [
      "an unknown name",
      way.template,
      "\n{{adress}}",
      `${way.template}:2: there is no "adress"; did you mean address?`,
    ],
    ["another name", `${engine}/pears.hbs`, "", `${engine}/pears.hbs: there is no template "pears"`],
  ])("ends with 2 and one line for a template with %s; so does validate", async (_, path, text, says) => {
    const templates = template(path, text);
    const outcome = await rendered("--templates", templates);
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(outcome.stderr).toContain(`${templates}/${says}`);
    expect(outcome.stderr).not.toContain("\n");
    const argv = ["-f", join(directory, "all.yaml"), "--engine", engine, "--templates", templates];
    expect(await runCommand(validateCommand, argv)).toMatchObject({ code: 2, stderr: outcome.stderr });
  });

  test("ends with 2 for a template that cannot be read", async () => {
    const templates = template(`${way.template}/x`, "");
    const { code, stderr } = await rendered("--templates", templates);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${templates}/${way.template}: EISDIR`)]);
    const missing = await rendered("--templates", "/does/not/exist");
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("/does/not/exist: ENOENT")]);
  });
});

test.each([
  [["--engine", "gobgp"], 2, "nothing is written for gobgp"],
  [[], 2, "nothing is written for gobgp"],
  [["--engine", "quagga"], 2, "gobgp"],
  [["--engine", "bird", "--bird-dir", "here"], 2, "--bird-dir"],
  [["--engine", "bird", "stray"], 1, "stray"],
] as const)("refuses %j with exit code %i and one line", async (argv, code, says) => {
  const outcome = await render(...argv);
  expect(outcome).toMatchObject({ code, stdout: "" });
  expect(outcome.stderr).toContain(says);
});

test("wants to know the node, and knows one that is not there", async () => {
  const argv = ["-f", join(directory, "all.yaml"), "--engine", "bird"];
  expect(await runCommand(renderCommand, argv)).toMatchObject({
    code: 2,
    stderr: "render: which node? give --node NAME",
  });
  expect(await runCommand(renderCommand, [...argv, "--node", "n9"])).toMatchObject({ code: 1, stdout: "" });
});
