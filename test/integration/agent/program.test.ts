// The program as it is shipped, and how it meets what is wrong around it: no root and no speaker needed.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { startDaemon } from "../../support/daemon.ts";
import { run } from "../../support/netns.ts";
import { projectRoot } from "../../support/paths.ts";
import { until } from "../../support/until.ts";

const program = join(projectRoot, "dist/bellman.mjs");
let directory: string;
let taken: Server;

beforeAll(async () => {
  await run(process.execPath, join(projectRoot, "build.mjs"), "--if-stale", "bellman");
  directory = mkdtempSync(join(tmpdir(), "bellman-program-"));
  mkdirSync(join(directory, "manifests"));
  mkdirSync(join(directory, "templates/bird"), { recursive: true });
  writeFileSync(join(directory, "templates/bird/peer.hbs"), "protocol bgp {\n{{adress}} }");
  writeFileSync(join(directory, "malformed.kubeconfig"), "clusters: [");
  taken = createServer().listen(0, "127.0.0.1");
  await until("a port is taken", () => taken.listening);
});
afterAll(() => {
  taken.close();
  rmSync(directory, { recursive: true });
});

const port = (server: Server) => (server.address() as AddressInfo).port;

describe("a start that cannot work ends with one line", () => {
  test.each([
    ["an unknown command", ["agnet"], 2, "agnet"],
    [
      "an engine that nothing is written for",
      ["render", "--engine", "gobgp"],
      2,
      "nothing is written for gobgp",
    ],
    ["an unknown flag", ["agent", "--node-nam", "n1"], 2, "--node-nam"],
    ["a flag of a later release", ["agent", "--guard", "nft"], 2, "--guard is not available yet"],
    ["an engine that there is not", ["agent", "--engine", "quagga"], 2, "is not gobgp, frr or bird"],
    [
      "a template that cannot be used",
      ["agent", "--engine", "bird", "--templates", "DIR/templates", "--bird-socket", "/does/not/exist"],
      2,
      'templates/bird/peer.hbs:2: there is no "adress"; did you mean address?',
    ],
    ["a bad value", ["agent", "--listen-port", "99999"], 2, "--listen-port"],
    ["a missing settings file", ["agent", "--config", "/does/not/exist"], 2, "/does/not/exist"],
    ["a missing directory", ["agent", "--manifests", "/does/not/exist"], 3, "/does/not/exist"],
    ["a missing kubeconfig", ["agent", "--kubeconfig", "/does/not/exist"], 3, "/does/not/exist"],
    [
      "a malformed kubeconfig",
      ["agent", "--kubeconfig", "DIR/malformed.kubeconfig"],
      3,
      "malformed.kubeconfig",
    ],
    [
      "a taken port",
      ["agent", "--manifests", "DIR/manifests", "--http", "127.0.0.1:TAKEN"],
      1,
      "another program",
    ],
  ])("%s", async (_title, argv, code, says) => {
    const filled = argv.map((word) => word.replace("DIR", directory).replace("TAKEN", String(port(taken))));
    const http = argv.includes("--http") || argv[0] !== "agent" ? [] : ["--http", "127.0.0.1:0"];
    const { exitCode, stderr } = await execa(process.execPath, [program, ...filled, ...http], {
      reject: false,
      timeout: 20_000,
      env: { NODE_NAME: "n1" },
    });
    expect(stderr).toContain(says);
    expect(stderr.split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/^bellman: /);
    expect(exitCode).toBe(code);
  });
});

it("without a speaker it stays alive, says what it tried, and ends with 0 on SIGTERM", async () => {
  const manifests = join(directory, "manifests");
  writeFileSync(
    join(manifests, "node.yaml"),
    "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, address: 192.0.2.10}]}\n",
  );
  const log = join(directory, "agent.log");
  const free = createServer().listen(0, "127.0.0.1");
  await until("a port is found", () => free.listening);
  const http = `127.0.0.1:${port(free)}`;
  await new Promise((resolve) => free.close(resolve));
  const socket = join(directory, "nobody.sock");
  const settings = [
    "--node-name",
    "n1",
    "--manifests",
    manifests,
    "--gobgp-address",
    `unix://${socket}`,
    "--http",
    http,
  ];
  const agent = startDaemon("agent", [process.execPath, program, "agent", ...settings], { log });
  const status = () => fetch(`http://${http}/api/v1/status`).then((answer) => answer.json());
  await until("the agent says that it cannot reach the speaker", async () => {
    expect(await status()).toMatchObject({
      ready: false,
      engine: { state: "backoff", error: expect.stringContaining(socket) as string },
    });
    return true;
  });
  expect((await fetch(`http://${http}/healthz`)).status).toBe(200);

  const configuration =
    "apiVersion: projectcalico.org/v3\nkind: BGPConfiguration\nmetadata: {name: default}\n";
  writeFileSync(join(manifests, "bgp.yaml"), `${configuration}spec: {logSeverityScreen: Debug}\n`);
  await until("the BGPConfiguration sets the log level", () =>
    readFileSync(log, "utf8").includes('"level":"debug"'),
  );

  writeFileSync(join(manifests, "broken.yaml"), "kind: [");
  writeFileSync(join(manifests, "node.yaml"), "status: {addresses: [");
  await until("both files are reported, and the node is still known", async () => {
    expect(await status()).toMatchObject({
      watch: expect.arrayContaining([expect.objectContaining({ kind: "Node", objects: 1 })]) as unknown[],
      problems: [{ object: "File/broken.yaml" }, { object: "File/node.yaml" }],
    });
    return true;
  });
  expect(await agent.stop("SIGTERM")).toBe(0);
});
