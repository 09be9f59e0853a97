// `bellman drain` against a real HTTP server over an agent in memory, whose time the tests move.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../../test/support/until.ts";
import { node } from "../decide/decide.fixture.ts";
import { drainWaitMs, heldPrefixes, startWorld, sync } from "../reconcile/loop.fixture.ts";
import type { World } from "../reconcile/loop.fixture.ts";
import { serveWorld } from "./serve.fixture.ts";
import { runCommand } from "./command.fixture.ts";
import { drainCommand } from "./drain.ts";
import { statusCommand } from "./status.ts";

let world: World;
let controller: AbortController;
let url: string;

beforeEach(async () => {
  world = startWorld();
  controller = new AbortController();
  ({ url } = await serveWorld(world, controller.signal));
  sync(world.cluster);
  await world.clock.advance(0);
});
afterEach(async () => {
  controller.abort();
  await world.stop();
});

const drain = (...argv: readonly string[]) => runCommand(drainCommand, [...argv, "--agent", url]);

/** Moves the agent's time on once it has been asked. */
async function after(condition: () => boolean, ms: number): Promise<void> {
  await until("the agent has been asked", condition);
  await world.clock.advance(ms);
}

const isAsked = () => world.drainer.requests.length > 0;

describe("O5, R9: bellman drain", () => {
  it("tells phase by phase what happens, and ends with 0 when no route is left", async () => {
    const draining = drain();
    await after(isAsked, 0);
    await until("it has seen the marks", () => world.drainer.drain.t === "marked");
    await after(isAsked, drainWaitMs);
    const { code, stdout } = await draining;
    expect(stdout).toMatch(/(n1: 2 routes marked, to be withdrawn in 5s\n)?n1: drained, no route left\n$/);
    expect([code, heldPrefixes(world.speaker)]).toEqual([0, []]);
    const status = await runCommand(statusCommand, ["--agent", url]);
    expect(status.stdout).toMatch(/^drain +drained, no route left: asked for by bellman drain$/m);
  });

  it("--undo brings all routes back, and is content when there is nothing to undo", async () => {
    await world.drainRequests.ask();
    await world.clock.advance(drainWaitMs);
    const undoing = drain("--undo", "-o", "json");
    await after(() => !isAsked(), 0);
    const { code, stdout } = await undoing;
    expect(JSON.parse(stdout)).toMatchObject({ node: "n1", phase: "off", settled: true, routes: 2 });
    expect([code, heldPrefixes(world.speaker)]).toEqual([0, ["10.49.0.0/16", "10.49.0.1/32"]]);
    expect(await drain("--undo")).toMatchObject({ code: 0, stdout: "n1: not drained, 2 routes announced\n" });
  });

  it("--undo ends with 1 while something else drains the node, and names it", async () => {
    world.cluster.set("Node", "n1", node({ drainRequested: true }));
    await world.clock.advance(drainWaitMs);
    const { code, stderr } = await drain("--undo");
    expect(stderr).toBe('n1 stays drained: annotation bellman.bgp/drain is "true"');
    expect(code).toBe(1);
  });

  it("ends with 1 when it takes longer than --timeout, and says that the agent goes on", async () => {
    const { code, stderr, stdout } = await drain("--timeout", "300ms", "-o", "yaml");
    expect(stderr).toMatch(/^n1: not over after 300ms: .*; the agent goes on with it$/);
    expect(stdout).toMatch(/^node: n1\nphase: /);
    expect([code, world.drainer.requests]).toEqual([1, [{ t: "asked" }]]);
  });

  it("ends with 1 when somebody else undoes it meanwhile", async () => {
    const draining = drain();
    await after(isAsked, 0);
    await world.drainRequests.undo();
    expect(await draining).toMatchObject({ code: 1, stderr: "n1: the drain was undone meanwhile" });
  });

  it("shows that the drain would not survive a restart", async () => {
    world.drainStore.fault = "EACCES: permission denied";
    const draining = drain();
    await after(isAsked, 0);
    await after(isAsked, drainWaitMs);
    const { code, stdout } = await draining;
    expect(stdout).toContain("EACCES: permission denied: the drain will not survive a restart of the agent");
    expect(code).toBe(0);
  });

  it.each([
    [["--timeout", "soon"], '--timeout: "soon" is not a duration'],
    [["n2"], 'unexpected argument "n2": it drains the agent\'s own node'],
    [["--undoo"], 'unknown option "--undoo"'],
  ])("%j is a mistake of usage", async (argv, says) => {
    const { code, stderr } = await drain(...argv);
    expect(stderr).toContain(says);
    expect([code, isAsked()]).toEqual([2, false]);
  });

  it("ends with 3 without an agent", async () => {
    controller.abort();
    expect(await drain()).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("cannot reach") as string,
    });
  });
});
