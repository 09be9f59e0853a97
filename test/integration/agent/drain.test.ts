// The drain with the program as it is shipped, agent and command; a stand-in is its speaker.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
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
let state: string;
let gobgp: string;
let http: string;
let agent: Daemon;

beforeAll(async () => {
  await run(process.execPath, join(projectRoot, "build.mjs"), "--if-stale", "bellman");
  gobgp = await speaker.start();
});
afterAll(() => speaker.stop());

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "bellman-drain-"));
  [manifests, state] = [join(directory, "manifests"), join(directory, "state")];
  mkdirSync(manifests);
  writeFileSync(join(manifests, "rack.yaml"), rackManifests);
  http = `127.0.0.1:${await freePort()}`;
});
afterEach(async () => {
  await agent.stop("SIGKILL");
  rmSync(directory, { recursive: true });
});

async function start(...more: readonly string[]): Promise<void> {
  const own = ["--node-name", "n2", "--manifests", manifests, "--http", http, "--gobgp-address", gobgp];
  const argv = [process.execPath, program, "agent", ...own, "--state-dir", state, ...more];
  agent = startDaemon("agent", argv, { log: join(directory, "agent.log") });
  await until(
    `the agent is ready (see ${agent.log})`,
    async () => (await fetch(`http://${http}/readyz`)).status === 200,
  );
}

function bellman(...argv: readonly string[]) {
  return execa(process.execPath, [program, ...argv, "--agent", `http://${http}`], {
    reject: false,
    timeout: 30_000,
  });
}

async function phase(): Promise<unknown> {
  const answer = await fetch(`http://${http}/api/v1/drain`);
  return ((await answer.json()) as { phase: unknown }).phase;
}

describe("R9, O5: the drain", () => {
  it("is asked for, survives kill -9 of the agent, and is undone; the answer is a table, JSON or YAML", async () => {
    await start("--drain-wait", "300ms");
    const held = speaker.routes.size;
    expect(held).toBeGreaterThan(0);
    const drained = await bellman("drain");
    expect(drained).toMatchObject({ exitCode: 0, stderr: "" });
    expect(drained.stdout).toMatch(/^n2: drained, no route left$/m);
    expect(speaker.routes.size).toBe(0);
    expect(existsSync(join(state, "drain-n2.json"))).toBe(true);

    await agent.stop("SIGKILL");
    const requests = speaker.requests;
    await start("--drain-wait", "300ms");
    expect(await phase()).toBe("withdrawn");
    expect([speaker.routes.size, speaker.requests]).toEqual([0, requests]);
    const again = await bellman("drain", "-o", "json");
    expect(JSON.parse(again.stdout)).toMatchObject({ phase: "withdrawn", settled: true, problems: [] });

    const undone = await bellman("drain", "--undo", "-o", "yaml");
    expect(undone).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("phase: off\n") as string });
    expect(speaker.routes.size).toBe(held);
    expect(existsSync(join(state, "drain-n2.json"))).toBe(false);
  });

  it("goes on when the command is ended by Ctrl-C, which says so", async () => {
    await start("--drain-wait", "10m");
    const command = bellman("drain");
    await until("the routes are marked", async () => (await phase()) === "marked");
    command.kill("SIGINT");
    const { exitCode, stderr } = await command;
    expect(stderr).toBe(
      "bellman: n2: the drain goes on without this command; bellman drain --undo takes it back",
    );
    expect([exitCode, await phase()]).toEqual([1, "marked"]);
  });

  it("says in status, log and answer that it will not survive a restart, where nothing can be written", async () => {
    writeFileSync(state, "a file where a directory should be");
    await start("--drain-wait", "0s");
    const drained = await bellman("drain");
    expect(drained.exitCode).toBe(0);
    for (const text of [drained.stdout, (await bellman("status")).stdout, readFileSync(agent.log, "utf8")])
      expect(text).toContain("will not survive a restart of the agent; see --state-dir");
  });

  it("ends the agent with --shutdown withdraw; a second SIGTERM ends it at once, and leaves what is there", async () => {
    await start("--drain-wait", "10m", "--shutdown", "withdraw");
    const held = speaker.routes.size;
    agent.signal("SIGTERM");
    await until("the routes are marked", async () => (await phase()) === "marked");
    expect(await agent.stop("SIGTERM")).toBe(1);
    expect(speaker.routes.size).toBe(held);
  });
});
