// The commands that ask a running agent, all of them the program as it is shipped; a stand-in is its speaker.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rackManifests } from "../../../agent/cli/command.fixture.ts";
import { startDaemon } from "../../support/daemon.ts";
import type { Daemon } from "../../support/daemon.ts";
import { freePort } from "../../support/free-port.ts";
import { GobgpdStandIn } from "../../support/gobgpd-stand-in.ts";
import { run } from "../../support/netns.ts";
import { projectRoot } from "../../support/paths.ts";
import { until } from "../../support/until.ts";

const program = join(projectRoot, "dist/bellman.mjs");
const speaker = new GobgpdStandIn();
let directory: string;
let manifests: string;
let agent: Daemon;
let url: string;

function bellman(...argv: readonly string[]) {
  return execa(process.execPath, [program, ...argv], { reject: false, timeout: 20_000 });
}

const ask = (...argv: readonly string[]) => bellman(...argv, "--agent", url);

beforeAll(async () => {
  await run(process.execPath, join(projectRoot, "build.mjs"), "--if-stale", "bellman");
  directory = mkdtempSync(join(tmpdir(), "bellman-asking-"));
  manifests = join(directory, "manifests");
  mkdirSync(manifests);
  writeFileSync(join(manifests, "rack.yaml"), rackManifests);
  const http = `127.0.0.1:${await freePort()}`;
  url = `http://${http}`;
  const noProxy = ["--dataplane-gate", "off"];
  const settings = ["--node-name", "n2", "--manifests", manifests, "--http", http, ...noProxy];
  const gobgp = ["--gobgp-address", await speaker.start()];
  agent = startDaemon("agent", [process.execPath, program, "agent", ...settings, ...gobgp], {
    log: join(directory, "agent.log"),
  });
  await until(
    `the agent is ready (see ${agent.log})`,
    async () => (await fetch(`${url}/readyz`)).status === 200,
  );
});
afterAll(async () => {
  await agent.stop("SIGTERM");
  speaker.stop();
  rmSync(directory, { recursive: true });
});

describe("O5: commands that ask the running agent", () => {
  it("status, routes and peers answer in tables, JSON and YAML", async () => {
    const status = await ask("status");
    expect(status.stdout).toMatch(/^NODE +n2\n(.*\n)*ready +yes\n/);
    expect(status.exitCode).toBe(0);
    const routes = await ask("routes", "-o", "json");
    expect(JSON.parse(routes.stdout)).toMatchObject({
      node: "n2",
      routes: [
        { prefix: "10.49.0.0/16", held: true },
        { prefix: "10.49.0.1/32", held: true },
        { prefix: "192.168.3.0/24", held: true },
      ],
    });
    const peers = await ask("peers", "-o", "yaml");
    expect(peers.stdout).toMatch(/^node: n2\npeers:\n {2}- name: tor1\n/);
  });

  it("explain is the same answer as from the files, with what the speaker holds", async () => {
    const live = await ask("explain", "default/web", "-o", "json");
    const offline = await bellman("explain", "web", "-f", manifests, "--node", "n2", "-o", "json");
    expect(JSON.parse(live.stdout)).toMatchObject({ announced: true, prefixes: [{ held: true }] });
    const asked = live.stdout.replace('"query": "default/web"', '"query": "web"');
    expect(asked.replace('"held": true', '"held": null')).toBe(offline.stdout);
    expect([live.exitCode, offline.exitCode]).toEqual([0, 0]);
    expect((await ask("explain", "10.99.0.1")).exitCode).toBe(1);
  });

  it("plan --diff --whole tells what other manifests would change at the agent", async () => {
    const now = join(directory, "now.yaml");
    writeFileSync(now, rackManifests.replace("nodeName: n2", "nodeName: n1"));
    const diff = (file: string, node: string) => ask("plan", "-f", file, "--node", node, "--diff", "--whole");
    expect(await diff(manifests, "n2")).toMatchObject({ exitCode: 0, stdout: "n2: no difference." });
    expect(await diff(now, "n2")).toMatchObject({
      exitCode: 1,
      stdout: "- 10.49.0.1/32  NoLocalEndpoints default/web",
    });
    const other = await diff(now, "n1");
    expect(other.stderr).toMatch(/^bellman: --diff: the agent works for node n2, and the plan is for n1/);
    expect(other.exitCode).toBe(2);
  });

  it("ends with 3 and one line when there is no agent", async () => {
    for (const command of ["status", "routes", "peers"]) {
      const { exitCode, stderr } = await bellman(command, "--agent", "http://127.0.0.1:1");
      expect(stderr).toMatch(/^bellman: cannot reach the agent at http:\/\/127\.0\.0\.1:1: .*$/);
      expect(exitCode).toBe(3);
    }
  });
});
