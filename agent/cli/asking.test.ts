// status, routes and peers as people see them, asked of a real HTTP server over an agent in memory.
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { startWorld, sync, tor } from "../reconcile/loop.fixture.ts";
import type { World } from "../reconcile/loop.fixture.ts";
import { serveWorld } from "./serve.fixture.ts";
import { runCommand } from "./command.fixture.ts";
import { explainCommand } from "./explain.ts";
import { peersCommand } from "./peers.ts";
import { routesCommand } from "./routes.ts";
import { statusCommand } from "./status.ts";

let world: World;
let controller: AbortController;
let url: string;

beforeEach(async () => {
  world = startWorld();
  controller = new AbortController();
  ({ url } = await serveWorld(world, controller.signal));
});
afterEach(async () => {
  controller.abort();
  await world.stop();
});

async function hold(): Promise<void> {
  sync(world.cluster);
  await world.clock.advance(0);
}

describe("commands that ask the running agent", () => {
  it("status tells what is held, watched and wrong", async () => {
    await hold();
    const { code, stdout } = await runCommand(statusCommand, ["--agent", url]);
    expect(stdout.split("\n\n")[0]).toBe(`NODE         n1
version      1.2.3
ready        yes
excluded     no
drain        no
speaker      memory, holding
routes held  IPv4 2 of 2, IPv6 0 of 0
services     1`);
    expect(stdout).toMatch(/^Service +1 +yes +- +-$/m);
    expect(code).toBe(0);
  });

  it("status ends with 1 while the agent is not ready, and says what is missing", async () => {
    const { code, stdout } = await runCommand(statusCommand, ["--agent", url]);
    expect(stdout).toMatch(/^ready +no: not synced yet/m);
    expect(code).toBe(1);
  });

  it("routes tells what is announced, whether it is held, and what is not announced", async () => {
    await hold();
    world.cluster.remove("EndpointSlice", "default/s-10.49.0.1");
    await world.clock.advance(0);
    const { code, stdout } = await runCommand(routesCommand, ["--agent", url, "-o", "wide"]);
    expect(stdout).toBe(`PREFIX        REASON     HELD  SERVICES  COMMUNITIES  MED  LOCAL PREF  PREPEND
10.49.0.0/16  Aggregate  yes   -         -            -    -           0

NOT ANNOUNCED  REASON            SERVICE
10.49.0.1      NoLocalEndpoints  default/s-10.49.0.1
`);
    expect(code).toBe(0);
  });

  it("peers tells the sessions", async () => {
    await hold();
    const { code, stdout } = await runCommand(peersCommand, ["--agent", `${url}/`]);
    expect(stdout).toMatch(
      /^PEER +ADDRESS +AS +STATE +SINCE +ROUTES +DROPS +LAST ERROR\ntor +192\.168\.1\.1:179 +64512 +established .* 2 +0 +-\n/,
    );
    expect(code).toBe(0);
  });

  it("peers -o wide tells timers and capabilities too", async () => {
    await hold();
    const { stdout } = await runCommand(peersCommand, ["--agent", url, "-o", "wide"]);
    expect(stdout).toContain("  ipv4 2, ipv6 0  ");
    expect(stdout).toContain("  9 s/3 s         ipv4, ipv6, 4-octet AS\n");
  });

  it("peers tells why a session was lost", async () => {
    await hold();
    world.speaker.setReachable(tor, false);
    const { stdout } = await runCommand(peersCommand, ["--agent", url]);
    expect(stdout).toMatch(/ active .* 1, last 1970-01-01T00:16:40.000Z +the neighbour does not answer\n/);
  });

  it("explain answers from the agent, with what its speaker holds", async () => {
    await hold();
    const { code, stdout } = await runCommand(explainCommand, ["default/s-10.49.0.1", "--agent", url]);
    expect(stdout).toContain("\n  speaker: holds it\n");
    expect(code).toBe(0);
  });

  it("-o json prints what the API serves", async () => {
    await hold();
    const { stdout } = await runCommand(routesCommand, ["--agent", url, "-o", "json"]);
    expect(stdout).toBe(await (await fetch(`${url}/api/v1/routes`)).text());
  });
});

describe("something else at the agent's address", () => {
  let server: Server;
  const start = async (status: number, body: string) => {
    server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => server.close());

  test.each([
    [200, "<html>", 3, "not as an agent does"],
    [200, '{"routes": 1}', 3, "not as an agent does"],
    [500, '{"error": "two\\nlines"}', 3, "says: two lines"],
    [404, '{"error": "no such path"}', 3, "no such path"],
    [400, '{"error": "not that"}', 2, "not that"],
  ])("that answers %i %s is exit code %i, in one line", async (status, body, exitCode, says) => {
    const { code, stderr } = await runCommand(routesCommand, ["--agent", await start(status, body)]);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain("\n");
    expect(code).toBe(exitCode);
  });
});
